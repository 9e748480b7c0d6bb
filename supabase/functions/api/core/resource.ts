// The declaration of a resource. Everything else follows from it: routes, statements, schemas, document, client, tests.

import type { z } from "@hono/zod-openapi";
import type { Caller } from "./callers.ts";
import type { Query } from "./sessions.ts";
import { type Column, identifier, type KindName } from "./columns.ts";

/** Who may do something. Row-level security decides; this says what it decides, for documentation and tests. */
export type Right = "read" | "member" | "staff" | "admin" | "none";

/**
 * Whose rows a list reads: one index range a client, or the whole table in the order of an index. `either`: the whole
 * table for the agency, as there are rows of no client, and the own clients for everybody else, who sees no other row.
 */
export type Reach = "clients" | "all" | "either";

/** A filter on something that is no plain column of an index. */
export interface CustomFilter {
  kind: KindName;
  about: string;
  choices?: readonly string[];
  /** The index that answers it. */
  index: string;
  /** The condition on table `t`, given the placeholder of the value as text. */
  condition: (value: string) => string;
  /** The condition names the few rows themselves: nothing is gained by reading client by client. */
  finds?: true;
}

/** What one declares of a resource. Lists of names are words in one string. */
export interface Declaration {
  /** Below /v1/, such as crm/deals. */
  path: string;
  /** One of them, such as Deal. */
  name: string;
  about: string;
  table: string;
  /** `<scope>:read` and `<scope>:write` are what an API key needs. */
  scope: string;
  columns: Partial<Record<KindName, string>>;
  /** Names of columns in the table where they differ. */
  stored?: Record<string, string>;
  /** Columns that are null in no row. */
  present?: string;
  choices?: Record<string, readonly string[]>;
  /** What is not plain from a column's name. */
  notes?: Record<string, string>;
  /** Columns of the primary key; `id` unless told. */
  key?: string;
  /** The column with the client's name; `client` unless told, null without one. */
  clientColumn?: string | null;
  reach?: Reach;
  /** Large columns, which a list shows only when asked for. */
  large?: string;
  /** Columns with an index below the client (reach clients) or of their own. */
  filters?: string;
  customFilters?: Record<string, CustomFilter>;
  /** Sortable columns, each with an index; the first, descending if it has a `-`, is what a list is sorted by. */
  sorts: string;
  /** Only rows that fulfil this, on table `t`. */
  where?: string;
  /** As `where`, but for lists only. */
  listWhere?: string;
  read?: "agency" | "staff" | "admin";
  write?: Right;
  /** Columns of a body. */
  create?: string;
  update?: string;
  /** Columns that a new row must be given. */
  required?: string;
  /** Expressions that are set with a new row, and with every change. */
  onCreate?: Record<string, string>;
  onUpdate?: Record<string, string>;
  delete?: "row" | "mark";
  verbs?: Verb[];
  /** False: there is no route for one row, or for a list. */
  single?: false;
  list?: false;
}

/** A route that calls one SQL function. */
export interface Verb {
  /** Below the resource's path, such as `/{id}/qualify`. */
  path: string;
  method?: "get" | "post" | "patch" | "delete";
  name: string;
  about: string;
  right: Right;
  scope?: string;
  body?: z.ZodObject;
  query?: z.ZodObject;
  status?: 200 | 201;
  /** `row`: the same as `GET /{id}`. */
  answer: z.ZodType | "row";
  /** The answer holds something that is shown once: it is not kept for a repeated Idempotency-Key. */
  secret?: boolean;
  /** How long it may take, when that is more than usual. */
  seconds?: number;
  run: (call: VerbCall) => Promise<unknown>;
}

/** What a verb is called with. */
export interface VerbCall {
  /** Of the path, already checked; undefined when the path has none. */
  id?: string;
  /** The body, or the query of a GET. */
  input: Record<string, unknown>;
  query: Query;
  caller: Caller;
  /** Seals what only the functions may read. */
  seal: (secret: string) => Promise<string>;
  /** The row as `GET /{id}` answers it; 404 when the caller does not see it. */
  row: (id: string) => Promise<unknown>;
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** A declaration with everything in it spelled out. */
export interface Resource extends Omit<Declaration, "columns" | "present"> {
  columns: Record<string, Column>;
  keys: string[];
  clientKey: string | null;
  reach: Reach;
  largeColumns: string[];
  filterColumns: string[];
  sortColumns: string[];
  defaultSort: Sort;
  createColumns: string[];
  requiredColumns: string[];
  updateColumns: string[];
  verbs: Verb[];
}

const words = (text = "") => text.split(/\s+/).filter(Boolean);

/** Spells a declaration out; a name that is no column is an error at start, not at the first request. */
export function defineResource(declaration: Declaration): Resource {
  const { path, key = "id", clientColumn = "client", sorts } = declaration;
  const columns = columnsOf(declaration);
  const keys = words(key);
  const [first = ""] = words(sorts);
  const resource: Resource = {
    ...declaration,
    columns,
    keys,
    clientKey: clientColumn,
    reach: declaration.reach ?? (clientColumn === null ? "all" : "clients"),
    largeColumns: words(declaration.large),
    filterColumns: words(declaration.filters),
    sortColumns: words(sorts).map((sort) => sort.replace("-", "")),
    defaultSort: { column: first.replace("-", ""), descending: first.startsWith("-") },
    createColumns: words(declaration.create),
    requiredColumns: words(declaration.required),
    updateColumns: words(declaration.update),
    verbs: declaration.verbs ?? [],
  };
  const { largeColumns, filterColumns, sortColumns, createColumns, requiredColumns, updateColumns } = resource;
  for (
    const name of [largeColumns, filterColumns, sortColumns, createColumns, requiredColumns, updateColumns].flat()
  ) {
    if (!Object.hasOwn(columns, name)) throw new Error(`${path} has no column ${name}.`);
  }
  return resource;
}

function columnsOf({ path, columns, stored, present, choices, notes }: Declaration): Record<string, Column> {
  const names = words(present);
  const result: Record<string, Column> = {};
  for (const [kind, list] of Object.entries(columns) as [KindName, string][]) {
    for (const name of words(list)) {
      result[name] = {
        kind,
        stored: stored?.[name] ?? name,
        nullable: !names.includes(name),
        choices: choices?.[name],
        about: notes?.[name],
      };
    }
  }
  for (const name of [...names, ...Object.keys({ ...stored, ...choices, ...notes })]) {
    if (!Object.hasOwn(result, name)) throw new Error(`${path} has no column ${name}.`);
  }
  return result;
}

/** A column of table `t` in SQL. */
export function reference(resource: Resource, name: string): string {
  return `t.${identifier(resource.columns[name]?.stored ?? name)}`;
}
