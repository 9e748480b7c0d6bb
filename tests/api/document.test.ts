// The OpenAPI document: valid by the rules of 3.1, and the page that is made of it.

import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { createApi, createApp } from "../../supabase/functions/api/app.ts";
import { addReference, documentOf, type OpenApiDocument } from "../../supabase/functions/api/core/reference.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { resources } from "../../supabase/functions/api/registry.ts";

const document = readDocument();

function readDocument(): OpenApiDocument {
  const api = createApi({} as never);
  addReference(api);
  return documentOf(api);
}

/** Everything in the document with its place. */
function* parts(value: unknown, path: string[] = []): Generator<{ path: string[]; value: unknown }> {
  yield { path, value };
  if (typeof value !== "object" || value === null) return;
  for (const [name, each] of Object.entries(value)) yield* parts(each, [...path, name]);
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
);

test("is valid OpenAPI 3.1", async () => {
  const check = async (one: unknown) => await new Validator().validate(one as Record<string, unknown>);
  expect(await check(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
  expect((await check({ ...document, info: { title: 1 } })).valid).toBe(false);
});

test("every reference leads somewhere, every name is right", () => {
  for (const { path, value } of parts(document)) {
    if (path.at(-1) === "$ref") {
      const target = String(value).replace("#/", "").split("/");
      const found = target.reduce((at, name) => (at as Record<string, unknown>)?.[name], document as unknown);
      expect([value, found !== undefined]).toEqual([value, true]);
    }
  }
  for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
});

test("every operation has an id of its own, its path's parameters, answers and a way to sign in", () => {
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { path, method, operation } of operations) {
    expect(["get", "post", "patch", "delete"]).toContain(method);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path").map(({ name }) =>
      name
    );
    expect([path, declared]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    for (const { required, in: place, name, schema } of operation.parameters ?? []) {
      expect(["path", "query", "header"]).toContain(place);
      if (place === "path") expect(required).toBe(true);
      expect([path, name, Object.keys(schema ?? {}).length > 0]).toEqual([path, name, true]);
    }
    const statuses = Object.keys(operation.responses);
    expect(statuses).toContain("default");
    expect(statuses.some((status) => /^2\d\d$/.test(status))).toBe(true);
    for (const { description } of Object.values(operation.responses)) expect(description).toBeTruthy();
    const security = (operation as unknown as { security: Record<string, unknown>[] }).security;
    for (const name of security.flatMap((each) => Object.keys(each))) {
      expect(document.components.securitySchemes).toHaveProperty(name);
    }
    if (method === "get") expect(operation.requestBody).toBeUndefined();
  }
});

test("schemas use the types and keywords that JSON Schema has", () => {
  const keywords = new Set(
    ("$ref type description enum const format properties required items anyOf allOf oneOf additionalProperties minimum " +
      "maximum minLength maxLength minItems maxItems minProperties pattern default example propertyNames not")
      .split(" "),
  );
  const types = ["string", "integer", "number", "boolean", "object", "array", "null"];
  const check = (schema: Record<string, unknown>, at: string): void => {
    for (const key of Object.keys(schema)) expect([at, keywords.has(key) && key]).toEqual([at, key]);
    for (const type of [schema.type ?? []].flat()) expect(types).toContain(type);
    for (const [name, each] of Object.entries((schema.properties ?? {}) as Record<string, never>)) {
      check(each, `${at}.${name}`);
    }
    for (const name of (schema.required ?? []) as string[]) {
      expect([at, schema.properties]).toEqual([at, expect.objectContaining({ [name]: expect.anything() })]);
    }
    if (schema.items) check(schema.items as never, `${at}[]`);
    for (const each of (schema.anyOf ?? []) as never[]) check(each, `${at}|`);
    if (typeof schema.pattern === "string") new RegExp(schema.pattern);
  };
  for (const [name, schema] of Object.entries(document.components.schemas)) check(schema as never, name);
  for (const { operation } of operations) {
    for (const { name, schema } of operation.parameters ?? []) {
      check(schema as never, `${operation.operationId} ${name}`);
    }
  }
});

test("every resource is in it, and the page shows every operation without a network", async () => {
  for (const { path } of resources) {
    expect(operations.some(({ operation }) => operation.tags.includes(path))).toBe(true);
  }
  const app = createApp({ log: createLog("error") } as never);
  const get = async (path: string) => await app.fetch(new Request(`http://localhost${path}`));
  expect(await (await get("/functions/v1/api/openapi.json")).json()).toEqual(document);
  const page = await get("/api/docs");
  expect(page.headers.get("content-type")).toContain("text/html");
  const html = await page.text();
  for (const { operation } of operations) expect(html).toContain(`id="${operation.operationId}"`);
  expect(html).not.toMatch(/<script|src="http|href="http|@import/);
  expect(await (await get("/api/docs/interactive")).text()).toContain("openapi.json");
  expect((await get("/api/nothing")).status).toBe(404);
});
