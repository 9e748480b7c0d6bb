// The routes of a resource: list, get, create, update, delete and its verbs.

import { createRoute, type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { type Answer, answer, type ApiContext, type ApiEnv, etagOf, names } from "./answers.ts";
import type { SecretBox } from "../../_shared/secrets.ts";
import { hasScope } from "./callers.ts";
import { decodeCursor, decodeId, encodeCursor, encodeId } from "./cursor.ts";
import { invalid, notAllowed, notFound, Problem, ProblemError } from "./problems.ts";
import type { Resource, Right, Sort, Verb } from "./resource.ts";
import { createSchema, operatorOf, pageSchema, querySchema, rowSchema, updateSchema } from "./schemas.ts";
import type { Query, Sessions } from "./sessions.ts";
import * as sql from "./statements.ts";

export type Api = OpenAPIHono<ApiEnv>;

const idParameter = z.object({ id: z.string().min(1).max(2_000).openapi({ param: { name: "id", in: "path" } }) });
const writeHeaders = z.object({
  "Idempotency-Key": z.string().min(1).max(200).optional().openapi({
    description:
      "Any text of yours. The same request under the same key is done once; the answer is kept for 24 hours.",
  }),
});
const matchHeaders = writeHeaders.extend({
  "If-Match": z.string().max(500).optional().openapi({
    description: "The ETag that you read: 412 if it changed since.",
  }),
});
const readHeaders = z.object({
  "If-None-Match": z.string().max(500).optional().openapi({ description: "The ETag that you have: 304 if it holds." }),
});

type Handler = (c: ApiContext) => Promise<Response>;

/** What routes need from outside. */
export interface ResourceDeps {
  sessions: Sessions;
  secrets: Pick<SecretBox, "seal">;
}

/** Adds the routes of one resource. */
export function addResource(api: Api, deps: ResourceDeps, resource: Resource): void {
  const { sessions } = deps;
  const row = rowSchema(resource);
  const { path, name } = resource;
  const plural = pluralOf(name);
  const read = resource.read ?? "read";
  const write = resource.write ?? "none";
  const add = (route: Part, handler: Handler) => addRoute(api, resource, route, handler);

  if (resource.list !== false) {
    add({
      method: "get",
      id: `list${plural}`,
      summary: `List ${spaced(plural)}`,
      right: read,
      request: { query: querySchema(resource) },
      answer: pageSchema(resource, row),
    }, (c) => answer(c, sessions, (query) => list(c, resource, query)));
  }
  if (resource.single !== false) {
    add({
      method: "get",
      path: "/{id}",
      id: `get${name}`,
      summary: `Get one ${spaced(name)}`,
      right: read,
      request: { params: idParameter, headers: readHeaders },
      answer: row,
    }, (c) => answer(c, sessions, (query) => get(c, resource, query)));
  }
  if (resource.createColumns.length) {
    add({
      method: "post",
      id: `create${name}`,
      summary: `Create a ${spaced(name)}`,
      right: write,
      request: { headers: writeHeaders, body: jsonBody(createSchema(resource)) },
      status: 201,
      answer: row,
    }, (c) => answer(c, sessions, (query) => create(c, resource, path, query)));
  }
  if (resource.updateColumns.length) {
    add({
      method: "patch",
      path: "/{id}",
      id: `update${name}`,
      summary: `Change a ${spaced(name)}`,
      right: write,
      request: { params: idParameter, headers: matchHeaders, body: jsonBody(updateSchema(resource)) },
      answer: row,
    }, (c) => answer(c, sessions, (query) => update(c, resource, query)));
  }
  if (resource.delete) {
    add({
      method: "delete",
      path: "/{id}",
      id: `delete${name}`,
      summary: `Delete a ${spaced(name)}`,
      right: write,
      request: { params: idParameter, headers: matchHeaders },
      status: 204,
    }, (c) => answer(c, sessions, (query) => remove(c, resource, query)));
  }
  for (const verb of resource.verbs) addVerb(api, deps, resource, verb, row);
}

// Handlers -------------------------------------------------------------------------------------------------------

async function list(c: ApiContext, resource: Resource, query: Query): Promise<Answer> {
  const { cursor, limit = 50, sort: order, fields, client, ...rest } = c.req.valid("query" as never) as ListQuery;
  const caller = await callerOf(query, resource);
  const sort = order ? toSort(order) : resource.defaultSort;
  const request = {
    columns: columnsOf(resource, fields),
    sort,
    filters: filtersOf(rest),
    clients: clientsOf(resource, caller, client),
    limit: limit + 1,
  };
  const from = cursor ? decodeCursor(resource, sort, cursor) : undefined;
  const rows = await readPage(resource, request, from, query);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const data = rows.slice(0, limit).map((row) => shownRow(resource, row.item, row.keys));
  return { status: 200, body: JSON.stringify({ data, next_cursor: last ? encodeCursor(sort, last) : null }) };
}

/** Which clients a list reads, of those the caller asks for; null for all that policies show. */
export function clientsOf(
  { reach }: Resource,
  { clients, agency_role }: CallerRow,
  wanted?: string[],
): string[] | null {
  if (reach === "all" || reach === "either" && agency_role !== null) return null;
  return wanted ? clients.filter((name) => wanted.includes(name)) : clients;
}

interface ListQuery {
  cursor?: string;
  limit?: number;
  sort?: string;
  fields?: string;
  client?: string[];
  [filter: string]: unknown;
}

/** The rows that have a value in the sorted column, then those that have none. */
async function readPage(
  resource: Resource,
  request: Omit<sql.ListRequest, "nulls">,
  cursor: sql.ListRequest["cursor"],
  query: Query,
): Promise<sql.Item[]> {
  if (request.clients?.length === 0) return [];
  const read = (nulls: boolean, limit: number, cursor?: sql.ListRequest["cursor"]) => {
    const { text, args } = sql.listStatement(resource, { ...request, nulls, limit, cursor });
    return query<sql.Item>(text, args);
  };
  const isPastValues = cursor?.value === null;
  const rows = isPastValues ? [] : await read(false, request.limit, cursor);
  const missing = request.limit - rows.length;
  if (missing === 0 || !resource.columns[request.sort.column]!.nullable) return rows;
  return [...rows, ...await read(true, missing, isPastValues ? cursor : undefined)];
}

async function get(c: ApiContext, resource: Resource, query: Query): Promise<Answer> {
  await callerOf(query, resource, resource.read !== undefined);
  const row = await readRow(resource, query, keysOf(c, resource));
  if (!row) throw notFound();
  const answer = rowAnswer(row);
  const known = c.req.header("if-none-match");
  return known && names(known, answer.headers!.ETag!) ? { status: 304, headers: answer.headers } : answer;
}

async function create(c: ApiContext, resource: Resource, path: string, query: Query): Promise<Answer> {
  const { text, args } = sql.insertStatement(resource, c.req.valid("json" as never));
  const [made] = await query<{ item: Record<string, unknown> }>(text, args);
  const keys = resource.keys.map((key) => String(made!.item[key]));
  const { body, headers } = rowAnswer(shownRow(resource, made!.item, keys));
  const location = `/functions/v1/api/v1/${path}/${encodeURIComponent(encodeId(keys))}`;
  return { status: 201, body, headers: { ...headers, Location: location } };
}

async function update(c: ApiContext, resource: Resource, query: Query): Promise<Answer> {
  const keys = keysOf(c, resource);
  await checkMatch(c, resource, query, keys);
  const { text, args } = sql.updateStatement(resource, keys, c.req.valid("json" as never));
  const [changed] = await query<{ item: Record<string, unknown> }>(text, args);
  if (!changed) throw await absent(resource, query, keys);
  return rowAnswer(shownRow(resource, changed.item, keys));
}

async function remove(c: ApiContext, resource: Resource, query: Query): Promise<Answer> {
  const keys = keysOf(c, resource);
  await checkMatch(c, resource, query, keys);
  const { text, args } = sql.deleteStatement(resource, keys);
  const [gone] = await query(text, args);
  if (!gone) throw await absent(resource, query, keys);
  return { status: 204 };
}

function addVerb(
  api: Api,
  { sessions, secrets }: ResourceDeps,
  resource: Resource,
  verb: Verb,
  row: z.ZodObject,
): void {
  const hasId = verb.path.includes("{id}");
  const method = verb.method ?? "post";
  const part: Part = {
    method,
    path: verb.path,
    id: verb.name,
    summary: verb.about,
    right: verb.right,
    scope: verb.scope,
    status: verb.status,
    answer: verb.answer === "row" ? row : verb.answer,
    request: {
      ...(hasId ? { params: idParameter } : {}),
      ...(method === "get" ? {} : { headers: writeHeaders }),
      ...(verb.query ? { query: verb.query } : {}),
      ...(verb.body ? { body: jsonBody(verb.body) } : {}),
    },
  };
  addRoute(api, resource, part, (c) =>
    answer(c, sessions, async (query) => {
      await requireRight(query, verb.right);
      const id = hasId ? keysOf(c, resource).join() : undefined;
      const input = verb.body || verb.query ? c.req.valid((verb.body ? "json" : "query") as never) : {};
      const shown = async (id: string) => {
        const row = await readRow(resource, query, decodeId(resource, id) ?? []);
        if (!row) throw notFound();
        return row;
      };
      const result = await verb.run({
        id,
        input,
        query,
        row: shown,
        caller: c.get("caller"),
        seal: (secret) => secrets.seal(secret),
      });
      return { status: verb.status ?? 200, body: JSON.stringify(result) };
    }, verb));
}

// Parts of handlers ----------------------------------------------------------------------------------------------

const rolesOf = { agency: ["admin", "manager", "viewer"], staff: ["admin", "manager"], admin: ["admin"] };

/** Whom a request is for: the clients that may be read, and the role of the agency's staff. */
export interface CallerRow {
  clients: string[];
  agency_role: string | null;
}

/** Policies find there what was asked once (private.caller_clients). */
export const callerStatement = `
  select to_jsonb(c.clients) as clients, c.agency_role,
    set_config('millrace.clients', c.clients::text, true),
    set_config('millrace.agency_role', coalesce(c.agency_role, 'none'), true)
  from private.api_caller() c`;

export async function callerOf(
  query: Query,
  { read }: Pick<Resource, "read">,
  isNeeded = true,
): Promise<CallerRow> {
  if (!isNeeded) return { clients: [], agency_role: null };
  const [caller] = await query<CallerRow>(callerStatement);
  const { agency_role } = caller!;
  if (read && !rolesOf[read].includes(agency_role ?? "")) throw notAllowed();
  return caller!;
}

/** For verbs, whose SQL may run with more rights than the caller has. */
async function requireRight(query: Query, right: Right): Promise<void> {
  if (right !== "staff" && right !== "admin") return;
  const [row] = await query<{ may: boolean }>("select private.is_agency($1::text) as may", [right]);
  if (!row!.may) throw notAllowed();
}

async function readRow(resource: Resource, query: Query, keys: readonly string[]): Promise<unknown> {
  const { text, args } = sql.getStatement(resource, keys);
  const [row] = await query<{ item: Record<string, unknown> }>(text, args);
  return row && shownRow(resource, row.item, keys);
}

function keysOf(c: ApiContext, resource: Resource): string[] {
  const keys = decodeId(resource, (c.req.valid("param" as never) as { id: string }).id);
  if (!keys) throw notFound();
  return keys;
}

/** Locks the row and compares it with If-Match; without that header it does nothing. */
async function checkMatch(c: ApiContext, resource: Resource, query: Query, keys: readonly string[]): Promise<void> {
  const expected = c.req.header("if-match");
  if (expected === undefined) return;
  const { text, args } = sql.getStatement(resource, keys, true);
  const [row] = await query<{ item: Record<string, unknown> }>(text, args);
  if (!row) throw await absent(resource, query, keys);
  const { headers } = rowAnswer(shownRow(resource, row.item, keys));
  if (names(expected, headers!.ETag!)) return;
  throw new ProblemError(412, "changed_since", "It was changed since you read it. Read it again.", { headers });
}

/** Why a row was not written: the caller may only read it, or does not know of it. */
async function absent(resource: Resource, query: Query, keys: readonly string[]): Promise<ProblemError> {
  return await readRow(resource, query, keys) ? notAllowed() : notFound();
}

function shownRow(resource: Resource, item: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return keys.length > 1 && resource.keys.length > 1 ? { id: encodeId(keys), ...item } : item;
}

function rowAnswer(row: unknown): Answer {
  const body = JSON.stringify(row);
  return { status: 200, body, headers: { ETag: etagOf(body) } };
}

function toSort(text: string): Sort {
  return { column: text.replace("-", ""), descending: text.startsWith("-") };
}

function columnsOf({ columns, largeColumns }: Resource, fields?: string): string[] {
  const all = Object.keys(columns);
  if (fields === undefined) return all.filter((column) => !largeColumns.includes(column));
  const wanted = fields.split(",").map((field) => field.trim());
  const unknown = wanted.find((field) => !Object.hasOwn(columns, field));
  if (unknown !== undefined) throw invalid("unknown_field", "`fields` names a column that is not there.");
  return all.filter((column) => wanted.includes(column));
}

function filtersOf(parameters: Record<string, unknown>): sql.Filter[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const [column, range] = name.split(".") as [string, string?];
    return [{ column, operator: range ? operatorOf(range) : "=", values: ([value] as string[]).flat() }];
  });
}

// The document ---------------------------------------------------------------------------------------------------

export interface Part {
  method: "get" | "post" | "patch" | "delete";
  path?: string;
  id: string;
  summary: string;
  right: Right | "agency";
  scope?: string;
  request: RouteConfig["request"];
  status?: 200 | 201 | 204;
  answer?: z.ZodType;
}

/** Adds one route: the right and scope it asks for, its schemas, and what the document says of it. */
export function addRoute(api: Api, resource: Pick<Resource, "path" | "scope">, part: Part, handler: Handler): void {
  const { method, status = 200, right } = part;
  const act = method === "get" ? "read" : "write";
  const scope = part.scope ?? resource.scope;
  const route = createRoute({
    method,
    path: `/v1/${resource.path}${part.path ?? ""}`,
    operationId: part.id,
    tags: [resource.path],
    summary: part.summary,
    description: `${rights[right]} An API key needs the scope \`${scope}:${act}\`.`,
    security: [{ token: [] }, { key: [] }],
    request: part.request,
    middleware: [requireScope(scope, act)],
    responses: {
      [status]: {
        description: status === 204 ? "Done." : "Done; this is the answer.",
        ...(part.answer ? { content: { "application/json": { schema: part.answer } } } : {}),
      },
      default: {
        description: "It was not done.",
        content: { "application/problem+json": { schema: Problem } },
      },
    },
    "x-right": right,
    "x-scope": `${scope}:${act}`,
  });
  api.openapi(route, handler as never);
}

const rights: Record<Part["right"], string> = {
  read: "For everybody, each for the own clients.",
  member: "For members of the client and the agency's staff.",
  staff: "For the agency's staff.",
  agency: "For the agency's people.",
  admin: "For the agency's admins.",
  none: "For nobody.",
};

function requireScope(scope: string, act: "read" | "write"): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (!hasScope(c.get("caller"), scope, act)) {
      throw new ProblemError(403, "insufficient_scope", `The API key lacks the scope ${scope}:${act}.`);
    }
    await next();
  };
}

function jsonBody(schema: z.ZodType) {
  return { required: true, content: { "application/json": { schema } } };
}

const pluralOf = (name: string) => name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
const spaced = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
