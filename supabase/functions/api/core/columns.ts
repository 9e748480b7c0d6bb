// What the columns of a resource may be: how a value looks in JSON, in a query string and in SQL.

import { z } from "@hono/zod-openapi";

interface Kind {
  /** The type a text argument is cast to. */
  sql: string;
  /** In a row, and in a body. */
  json: z.ZodType;
  /** In a query string or cursor: everything it accepts, the cast accepts. */
  text: z.ZodType<string>;
}

const longest = 20_000;
const uuid = z.guid();
const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();

export const kinds = {
  uuid: { sql: "uuid", json: uuid, text: uuid },
  text: {
    sql: "text",
    json: z.string().max(longest),
    text: z.string().max(1_000).refine((text) => !text.includes("\0")),
  },
  timestamp: { sql: "timestamptz", json: instant, text: instant },
  date: { sql: "date", json: day, text: day },
  integer: { sql: "bigint", json: z.int(), text: z.string().regex(/^-?\d{1,15}$/) },
  number: { sql: "numeric", json: z.number(), text: z.string().regex(/^-?\d{1,15}(\.\d{1,9})?$/) },
  boolean: { sql: "boolean", json: z.boolean(), text: z.enum(["true", "false"]) },
  object: { sql: "jsonb", json: z.record(z.string(), z.unknown()), text: z.never() },
  list: { sql: "jsonb", json: z.array(z.unknown()), text: z.never() },
  json: { sql: "jsonb", json: z.unknown(), text: z.never() },
  texts: { sql: "text[]", json: z.array(z.string().max(longest)).max(1_000), text: z.never() },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

/** One column as the API shows it. */
export interface Column {
  kind: KindName;
  /** Its name in the table, when that is another one. */
  stored: string;
  /** False: null in no row. */
  nullable: boolean;
  /** The only values it may have. */
  choices?: readonly string[];
  about?: string;
}

/** How a column's value looks in JSON. */
export function jsonSchema({ kind, choices, nullable, about }: Column): z.ZodType {
  const base: z.ZodType = choices ? z.enum(choices) : kinds[kind].json;
  const schema = nullable && kind !== "json" ? base.nullable() : base;
  return about ? schema.openapi({ description: about }) : schema;
}

/** How a column's value looks in a query string. */
export function textSchema({ kind, choices }: Column): z.ZodType<string> {
  return choices ? z.enum(choices) : kinds[kind].text;
}

/** A value of a body as the text that is cast to the column's type. */
export function toArgument(kind: KindName, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (kind === "texts") return toArray(value as string[]);
  return kinds[kind].sql === "jsonb" ? JSON.stringify(value) : String(value);
}

/** Postgres's text form of an array. */
export function toArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
