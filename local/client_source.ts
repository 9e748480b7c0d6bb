// The source of shared/client.ts: the document's schemas as types, its operations as functions.

import { createApi } from "../supabase/functions/api/app.ts";
import { addReference, documentOf, type Operation, type Schema } from "../supabase/functions/api/core/reference.ts";
import { root } from "./paths.ts";
import { complaintOf } from "./checks.ts";

export const clientPath = `${root}/shared/client.ts`;

const head = `// Made by \`npm run api:client\` from the API's own document: do not edit.

import { type Connection, createTransport, type Page, type ReadOptions, type WriteOptions } from "./transport.ts";

export { ApiError, type Connection, each, type Page, type ReadOptions, type WriteOptions } from "./transport.ts";
`;

export async function generateClient(): Promise<string> {
  const api = createApi({} as never);
  addReference(api);
  const { components, paths } = documentOf(api);
  const types = Object.entries(components.schemas)
    .filter(([name]) => name !== "Problem" && !name.endsWith("Page"))
    .map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`);
  const methods = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => functionOf(method, path, operation))
  );
  return await formatted([
    head,
    types.join("\n\n"),
    `/** A client of the API. Everything that it answers is typed by the same schemas that the API checks. */
export function createClient(connection: Connection) {
  const api = createTransport(connection);
  return {
${methods.join("\n")}
  };
}

export type ApiClient = ReturnType<typeof createClient>;
`,
  ].join("\n"));
}

function functionOf(method: string, path: string, operation: Operation): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const isRead = method === "get";
  const answer = answerOf(responses);
  const page = /^(\w+)Page$/.exec(answer)?.[1];
  const query = parameters.filter((parameter) => parameter.in === "query");
  const hasQuery = isRead && query.length > 0;
  const body = requestBody?.content["application/json"]?.schema;
  const target = path.includes("{id}") ? `\`${path.replace("{id}", "${encodeURIComponent(id)}")}\`` : `"${path}"`;
  const signature = [
    ...(path.includes("{id}") ? ["id: string | number"] : []),
    ...(page ? [`query: ${queryOf(query)} & { fields?: F[] } = {}`] : hasQuery ? [parametersOf(query)] : []),
    ...(body ? [`body: ${typeOf(body)}`] : []),
    isRead ? "options?: ReadOptions" : "options?: WriteOptions",
  ].join(", ");
  const call = isRead
    ? `api.read<${page ? `Page<Pick<${page}, F>>` : answer}>(${target}, ${page || hasQuery ? "query" : "{}"}, options)`
    : `api.write<${answer}>("${method.toUpperCase()}", ${target}, ${body ? "body" : "undefined"}, options)`;
  const generic = page ? `<F extends keyof ${page} = keyof ${page}>` : "";
  return `    /** ${summary}. */\n    ${operationId}: ${generic}(${signature}) => ${call},`;
}

function answerOf(responses: Operation["responses"]): string {
  const [answer] = Object.values(responses);
  const schema = answer?.content?.["application/json"]?.schema;
  return schema ? typeOf(schema) : "void";
}

/** The parameters of a report; all of them may be left out unless one is required. */
function parametersOf(parameters: NonNullable<Operation["parameters"]>): string {
  return `query: ${queryOf(parameters)}${parameters.some(({ required }) => required) ? "" : " = {}"}`;
}

function queryOf(parameters: NonNullable<Operation["parameters"]>): string {
  const lines = parameters.filter(({ name }) => name !== "fields").map(({ name, schema, required }) => {
    const type = schema.items ? `${typeOf(schema.items)} | ${typeOf(schema.items)}[]` : typeOf(schema);
    return `${JSON.stringify(name)}${required ? "" : "?"}: ${type};`;
  });
  return `{ ${lines.join(" ")} }`;
}

function typeOf(schema: Schema): string {
  const { $ref, type, items, enum: words, anyOf, properties, additionalProperties } = schema;
  if ($ref) return $ref.split("/").at(-1)!;
  if (anyOf) return anyOf.map(typeOf).join(" | ");
  if (words) return words.map((word) => JSON.stringify(word)).join(" | ");
  if (Array.isArray(type)) return type.map((each) => typeOf({ ...schema, type: each })).join(" | ");
  if (type === "array") return items ? `(${typeOf(items)})[]` : "unknown[]";
  if (type === "object" && properties) return objectOf(schema);
  if (type === "object") {
    const value = additionalProperties && typeof additionalProperties === "object" ? typeOf(additionalProperties) : "";
    return `Record<string, ${value || "unknown"}>`;
  }
  return { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" }[type ?? ""] ??
    "unknown";
}

function objectOf({ properties = {}, required = [] }: Schema): string {
  const lines = Object.entries(properties).map(([name, schema]) => {
    const about = schema.description ? `/** ${schema.description} */\n` : "";
    return `${about}${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};`;
  });
  return `{\n${lines.join("\n")}\n}`;
}

async function formatted(source: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, source.replace(/"(\w+)"(\??):/g, "$1$2:"));
    const complaint = await complaintOf(Deno.execPath(), "fmt", "-q", `--config=${root}/deno.json`, file);
    if (complaint) throw new Error(complaint);
    return await Deno.readTextFile(file);
  } finally {
    await Deno.remove(file);
  }
}
