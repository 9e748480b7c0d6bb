// The SQL of a resource. Names come from its declaration only; whatever a caller sent is an argument, as text that is
// cast to the column's type.
//
// A list reads the first rows of each client from an index that starts with the client, and merges them: a policy's
// `client = any(...)` alone would leave nothing to do but sort all rows of the caller's clients.

import { identifier, type KindName, kinds, toArgument, toArray } from "./columns.ts";
import type { Cursor } from "./cursor.ts";
import { reference, type Resource, type Sort } from "./resource.ts";

export interface Statement {
  text: string;
  args: (string | null)[];
}

export interface Filter {
  column: string;
  operator: "=" | ">" | ">=" | "<" | "<=";
  /** Any of them. */
  values: string[];
}

export interface ListRequest {
  columns: readonly string[];
  sort: Sort;
  filters: readonly Filter[];
  cursor?: Cursor;
  /** The rows that have no value in the sorted column, which come after all others. */
  nulls: boolean;
  limit: number;
  /** The clients to read; null for all that policies show. */
  clients: readonly string[] | null;
}

/** A row of a list: what to show, and where it stands. */
export interface Item {
  item: Record<string, unknown>;
  value: string | null;
  keys: string[];
}

/** Collects arguments while a statement is written. */
class Arguments {
  readonly values: (string | null)[] = [];

  text(value: string | null): string {
    this.values.push(value);
    return `$${this.values.length}::text`;
  }

  typed(kind: KindName, value: string | null): string {
    return `${this.text(value)}::${kinds[kind].sql}`;
  }
}

/** What is shown is made of the rows of the page only, after they were found. */
export function listStatement(resource: Resource, request: ListRequest): Statement {
  const { sort, nulls, limit, clients } = request;
  const args = new Arguments();
  const direction = sort.descending ? " desc" : "";
  const order = orderColumns(resource, sort, nulls).map((column) => column + direction).join(", ");
  const rows = (condition: string[]) =>
    [
      `select ${storedColumns(resource, request).join(", ")}`,
      `from ${resource.table} t`,
      `where ${[...condition, ...conditionsOf(resource, request, args)].join("\n  and ")}`,
      `order by ${order}`,
      `limit ${limit}`,
    ].join("\n");
  const client = `t.${identifier(resource.clientKey ?? "")}`;
  const columns = `select ${itemOf(resource, request.columns)} as item, ${positionOf(resource, sort)}`;
  const atOnce = (own: string[]) => ({ text: `${columns}\nfrom (\n${rows(own)}\n) as t`, args: args.values });
  if (clients === null) return atOnce([]);
  if (clients.length === 1) return atOnce([`${client} = ${args.text(clients[0]!)}`]);
  if (request.filters.some(({ column }) => resource.customFilters?.[column]?.finds)) {
    return atOnce([`${client} = any(${args.text(toArray(clients))}::text[])`]);
  }
  const text = [
    columns,
    `from (`,
    `select t.*`,
    `from unnest(${args.text(toArray(clients))}::text[]) as mine (client)`,
    `cross join lateral (\n${rows([`${client} = mine.client`])}\n) as t`,
    `order by ${order}`,
    `limit ${limit}`,
    `) as t`,
  ].join("\n");
  return { text, args: args.values };
}

/** Everything that the page, its order and its cursor need. */
function storedColumns(resource: Resource, { columns, sort }: ListRequest): string[] {
  return [...new Set([...columns, sort.column, ...resource.keys].map((name) => reference(resource, name)))];
}

function orderColumns(resource: Resource, { column }: Sort, nulls: boolean): string[] {
  const names = [...(nulls ? [] : [column]), ...resource.keys];
  return [...new Set(names)].map((name) => reference(resource, name));
}

function conditionsOf(resource: Resource, request: ListRequest, args: Arguments): string[] {
  const { sort, nulls, cursor, filters } = request;
  const sorted = reference(resource, sort.column);
  const conditions = filters.map((filter) => conditionOf(resource, filter, args));
  for (const fixed of [resource.where, resource.listWhere]) if (fixed) conditions.push(fixed);
  if (nulls) conditions.push(`${sorted} is null`);
  else if (resource.columns[sort.column]!.nullable) conditions.push(`${sorted} is not null`);
  if (cursor) conditions.push(afterCursor(resource, request, cursor, args));
  return conditions.length ? conditions : ["true"];
}

function afterCursor(resource: Resource, { sort, nulls }: ListRequest, cursor: Cursor, args: Arguments): string {
  const values = new Map<string, string>();
  if (!nulls) values.set(sort.column, args.typed(resource.columns[sort.column]!.kind, cursor.value));
  resource.keys.forEach((key, i) => {
    if (!values.has(key)) values.set(key, args.typed(resource.columns[key]!.kind, cursor.keys[i]!));
  });
  const left = [...values.keys()].map((name) => reference(resource, name)).join(", ");
  return `(${left}) ${sort.descending ? "<" : ">"} (${[...values.values()].join(", ")})`;
}

function conditionOf(resource: Resource, { column, operator, values }: Filter, args: Arguments): string {
  const custom = resource.customFilters?.[column];
  if (custom) return custom.condition(args.text(values[0]!));
  const { kind } = resource.columns[column]!;
  if (values.length === 1) return `${reference(resource, column)} ${operator} ${args.typed(kind, values[0]!)}`;
  return `${reference(resource, column)} = any(${args.text(toArray(values))}::${kinds[kind].sql}[])`;
}

/** One row by its key, locked when it is about to be changed. */
export function getStatement(resource: Resource, keys: readonly string[], lock = false): Statement {
  const args = new Arguments();
  const text = [
    `select ${itemOf(resource, Object.keys(resource.columns))} as item`,
    `from ${resource.table} t`,
    `where ${rowCondition(resource, keys, args)}`,
    ...(lock ? ["for update"] : []),
  ].join("\n");
  return { text, args: args.values };
}

export function insertStatement(resource: Resource, body: Record<string, unknown>): Statement {
  const args = new Arguments();
  const values = { ...argumentsOf(resource, body, args), ...resource.onCreate };
  const text = [
    `insert into ${resource.table} as t (${Object.keys(values).map(identifier).join(", ")})`,
    `values (${Object.values(values).join(", ")})`,
    returning(resource),
  ].join("\n");
  return { text, args: args.values };
}

export function updateStatement(
  resource: Resource,
  keys: readonly string[],
  body: Record<string, unknown>,
): Statement {
  const args = new Arguments();
  const values = { ...argumentsOf(resource, body, args), ...resource.onUpdate };
  const text = [
    `update ${resource.table} as t`,
    `set ${Object.entries(values).map(([name, value]) => `${identifier(name)} = ${value}`).join(", ")}`,
    `where ${rowCondition(resource, keys, args)}`,
    returning(resource),
  ].join("\n");
  return { text, args: args.values };
}

export function deleteStatement(resource: Resource, keys: readonly string[]): Statement {
  const args = new Arguments();
  const where = `where ${rowCondition(resource, keys, args)}`;
  const text = resource.delete === "mark"
    ? `update ${resource.table} as t set deleted_at = private.clock() ${where} returning true as done`
    : `delete from ${resource.table} as t ${where} returning true as done`;
  return { text, args: args.values };
}

function argumentsOf(resource: Resource, body: Record<string, unknown>, args: Arguments): Record<string, string> {
  const entries = Object.entries(body).map(([name, value]) => {
    const { kind, stored } = resource.columns[name]!;
    return [stored, args.typed(kind, toArgument(kind, value))];
  });
  return Object.fromEntries(entries);
}

function rowCondition(resource: Resource, keys: readonly string[], args: Arguments): string {
  const conditions = resource.keys.map((name, i) =>
    `${reference(resource, name)} = ${args.typed(resource.columns[name]!.kind, keys[i]!)}`
  );
  return [...conditions, ...(resource.where ? [resource.where] : [])].join("\n  and ");
}

const returning = (resource: Resource) => `returning ${itemOf(resource, Object.keys(resource.columns))} as item`;

/** One JSON object with these columns, in their order. */
function itemOf(resource: Resource, columns: readonly string[]): string {
  const list = columns.map((name) => `${reference(resource, name)} as ${identifier(name)}`).join(", ");
  return `row_to_json((select shown from (select ${list}) as shown))`;
}

function positionOf(resource: Resource, { column }: Sort): string {
  const keys = resource.keys.map((name) => `${reference(resource, name)}::text`).join(", ");
  return `${reference(resource, column)}::text as value, to_json(array[${keys}]) as keys`;
}
