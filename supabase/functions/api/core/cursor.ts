// Where a page ends: the sort values of its last row. Opaque to callers, and checked like everything that comes in.

import { z } from "@hono/zod-openapi";
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import { kinds } from "./columns.ts";
import { invalid } from "./problems.ts";
import type { Resource, Sort } from "./resource.ts";

export interface Cursor {
  /** Of the sorted column, as text; null among the rows that have none, which come last. */
  value: string | null;
  keys: string[];
}

const shape = z.tuple([z.string(), z.string().nullable(), z.array(z.string())]);

const orderName = ({ column, descending }: Sort) => (descending ? "-" : "") + column;

export function encodeCursor(sort: Sort, { value, keys }: Cursor): string {
  return toText([orderName(sort), value, keys]);
}

/** Throws 400 for a cursor that is not of this list and order. */
export function decodeCursor(resource: Resource, sort: Sort, text: string): Cursor {
  const [order, value, keys] = shape.safeParse(fromText(text)).data ?? ["", null, []];
  const isOurs = order === orderName(sort) && keys.length === resource.keys.length &&
    (value === null || isSortValue(resource, sort.column, value)) &&
    keys.every((key, i) => isKeyValue(resource, resource.keys[i]!, key));
  if (!isOurs) throw invalid("invalid_cursor", "The cursor is not of this list in this order. Start without one.");
  return { value, keys };
}

/** The id of a row with several key columns; of one, it is the value itself. */
export function encodeId(keys: readonly string[]): string {
  return keys.length === 1 ? keys[0]! : toText(keys);
}

/** The key values of an id; undefined when it can be the id of no row. */
export function decodeId(resource: Resource, id: string): string[] | undefined {
  const keys = resource.keys.length === 1 ? [id] : z.array(z.string()).safeParse(fromText(id)).data ?? [];
  const fits = keys.length === resource.keys.length &&
    keys.every((key, i) => isKeyValue(resource, resource.keys[i]!, key));
  return fits ? keys : undefined;
}

// Written by Postgres, which shows a time as `2026-03-03 12:00:00+00`.
const instant = /^(-?infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2}( BC)?)$/;

function isSortValue(resource: Resource, name: string, value: string): boolean {
  const { kind } = resource.columns[name]!;
  return kind === "timestamp" ? instant.test(value) : isKeyValue(resource, name, value);
}

function isKeyValue(resource: Resource, name: string, value: string): boolean {
  return kinds[resource.columns[name]!.kind].text.safeParse(value).success;
}

function toText(value: unknown): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)).buffer);
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64Url(text)));
  } catch {
    return undefined;
  }
}
