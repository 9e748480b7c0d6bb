// The document and its reference page. The page is plain HTML, made here from the document: it can be read without a
// network and without scripts. The interactive one is Scalar's, which a browser loads from a CDN.

import { Scalar } from "@scalar/hono-api-reference";
import type { Api } from "./routes.ts";

const info = {
  title: "Millrace API",
  version: "1",
  description: [
    "Send `Authorization: Bearer <access token>` of Supabase Auth, or an API key as `Authorization: Bearer mr_...` or " +
    "`X-API-Key: mr_...`. Everybody sees the rows of the own clients only; what is another's answers as what is not there.",
    "Lists: `limit`, `cursor` (from `next_cursor`), `sort`, `fields`, filters by a column's name (repeat one for any of " +
    "several values) and ranges such as `created_at.gte`. Sorting and filtering are by indexed columns only.",
    "Writes: `Idempotency-Key` does a request once; `If-Match` with the `ETag` that you read refuses to overwrite what " +
    "somebody changed since (412). Errors are `application/problem+json` with a stable `code`.",
  ].join("\n\n"),
};

/** The OpenAPI 3.1 document of the routes that were added. */
export function documentOf(api: Api): OpenApiDocument {
  const document = api.getOpenAPI31Document({ openapi: "3.1.0", info, servers: [{ url: "/functions/v1/api" }] });
  return JSON.parse(JSON.stringify(document));
}

/** As much of a document as the page and the client generator read. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: Schema; description?: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
  "x-right": string;
  "x-scope": string;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  additionalProperties?: unknown;
}

/** Adds /openapi.json, /docs and /docs/interactive. */
export function addReference(api: Api): void {
  api.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token of Supabase Auth, or an API key.",
  });
  api.openAPIRegistry.registerComponent("securitySchemes", "key", { type: "apiKey", in: "header", name: "X-API-Key" });
  let document: OpenApiDocument | undefined;
  const read = () => (document ??= documentOf(api));
  api.get("/openapi.json", (c) => c.json(read()));
  api.get("/docs", (c) => c.html(pageOf(read())));
  api.get("/docs/interactive", Scalar({ url: "../openapi.json", pageTitle: info.title }));
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);
const marked = (text: string) => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

function pageOf({ info, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0]!))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === tag);
    return `<section id="${tag}"><h2>${tag}</h2>${own.map(operationOf).join("\n")}</section>`;
  });
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    `<section id="schema-${name}"><h3>${name}</h3>${tableOf(propertiesOf(schema))}</section>`
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}</title><style>${style}</style></head><body>
<nav><b>${info.title}</b>${tags.map((tag) => `<a href="#${tag}">${tag}</a>`).join("")}
<a href="#schemas">schemas</a><a href="openapi.json">openapi.json</a><a href="docs/interactive">try it (Scalar)</a></nav>
<main><h1>${info.title} ${info.version}</h1>
${info.description.split("\n\n").map((text) => `<p>${marked(text)}</p>`).join("")}
${sections.join("\n")}
<h2 id="schemas">schemas</h2>${schemas.join("\n")}</main></body></html>`;
}

function operationOf({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const parameters = (operation.parameters ?? []).map(({ name, in: place, required, schema, description }) => ({
    name,
    type: `${typeOf(schema)}, ${place}${required ? ", required" : ""}`,
    about: description ?? schema.description ?? "",
  }));
  const body = operation.requestBody?.content["application/json"]?.schema;
  const [status, answer] = Object.entries(operation.responses)[0]!;
  const schema = answer.content?.["application/json"]?.schema;
  return `<details id="${operation.operationId}"><summary><code class="${method}">${method.toUpperCase()}</code>
<code>${escaped(path)}</code> ${escaped(operation.summary)}</summary><p>${marked(operation.description)}</p>
${parameters.length ? tableOf(parameters) : ""}
${body ? `<p>Body: ${typeOf(body)}</p>` : ""}<p>Answer: ${status}${schema ? ` ${typeOf(schema)}` : ""}</p></details>`;
}

interface Line {
  name: string;
  type: string;
  about: string;
}

function propertiesOf({ properties = {}, required = [] }: Schema): Line[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(schema) + (required.includes(name) ? "" : ", optional"),
    about: schema.description ?? "",
  }));
}

function tableOf(lines: Line[]): string {
  const rows = lines.map(({ name, type, about }) =>
    `<tr><td><code>${escaped(name)}</code></td><td>${type}</td><td>${marked(about)}</td></tr>`
  );
  return `<table>${rows.join("")}</table>`;
}

function typeOf({ $ref, type, items, enum: words, format, anyOf }: Schema): string {
  if ($ref) {
    const name = $ref.split("/").at(-1)!;
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  if (words) return words.map((word) => `<code>${escaped(String(word))}</code>`).join(" ");
  if (items) return `list of ${typeOf(items)}`;
  return [[type ?? "anything"].flat().join(" or "), format].filter(Boolean).join(" ");
}

const style = `
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #222; display: flex }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; box-sizing: border-box; padding: 1.5rem; min-width: 13rem;
  background: #f5f5f2; display: flex; flex-direction: column; gap: .2rem }
main { padding: 1.5rem 2.5rem; max-width: 62rem; min-width: 0 }
a { color: #0b5c8a; text-decoration: none }
details { border: 1px solid #ddd; border-radius: 4px; margin: .3rem 0; padding: .4rem .8rem; overflow-x: auto }
summary { cursor: pointer }
code { font: 13px ui-monospace, monospace; background: #f0f0ec; padding: .1em .3em; border-radius: 3px }
table { border-collapse: collapse; font-size: 14px }
td { border-top: 1px solid #eee; padding: .2rem .8rem .2rem 0; vertical-align: top }
.get { color: #0a6b2d } .post { color: #8a5a00 } .patch { color: #0b5c8a } .delete { color: #a01818 }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto } }
`;
