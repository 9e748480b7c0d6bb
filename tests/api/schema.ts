// As much of JSON Schema as the document uses, to hold answers against it.

import type { OpenApiDocument, Operation, Schema } from "../../supabase/functions/api/core/reference.ts";
import type { Reply } from "./support.ts";

/** What in an answer is not as the document says. */
export function complaintsOf(document: OpenApiDocument, { responses }: Operation, { status, body }: Reply): string[] {
  const response = responses[status];
  if (!response) return [`${status} is not documented`];
  const schema = response.content?.["application/json"]?.schema;
  if (!schema) return body === "" ? [] : ["a body is not documented"];
  return check(document, schema, body, "answer");
}

function check(document: OpenApiDocument, schema: Schema, value: unknown, path: string): string[] {
  if (schema.$ref) return check(document, document.components.schemas[schema.$ref.split("/").at(-1)!]!, value, path);
  if (schema.anyOf) {
    return schema.anyOf.some((each) => check(document, each, value, path).length === 0) ? [] : [`${path} fits nothing`];
  }
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${path} is ${JSON.stringify(value)}`];
  if (
    schema.type && ![schema.type].flat().includes(typeOf(value)) &&
    !(typeOf(value) === "integer" && [schema.type].flat().includes("number"))
  ) {
    return [`${path} is a ${typeOf(value)}, not ${schema.type}`];
  }
  if (Array.isArray(value) && schema.items) {
    return value.flatMap((item, i) => check(document, schema.items!, item, `${path}[${i}]`));
  }
  if (typeOf(value) !== "object" || !schema.properties) return [];
  const object = value as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((name) => !(name in object)).map((name) =>
    `${path}.${name} is missing`
  );
  const extra = Object.keys(object).filter((name) => !(name in schema.properties!)).map((name) =>
    `${path}.${name} is new`
  );
  const wrong = Object.entries(schema.properties).flatMap(([name, property]) =>
    name in object ? check(document, property, object[name], `${path}.${name}`) : []
  );
  return [...missing, ...extra, ...wrong];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}
