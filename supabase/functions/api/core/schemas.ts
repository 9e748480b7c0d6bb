// The zod schemas of a resource: rows, bodies, and what may stand in a query string.

import { z } from "@hono/zod-openapi";
import { jsonSchema, textSchema } from "./columns.ts";
import type { Resource } from "./resource.ts";

export const mostRows = 200;

/** A row as it is answered. Large columns may be missing from a list. */
export function rowSchema(resource: Resource): z.ZodObject {
  const { columns, largeColumns, keys, name } = resource;
  const shape: Record<string, z.ZodType> = keys.length > 1 ? { id: z.string() } : {};
  for (const [column, definition] of Object.entries(columns)) {
    const schema = jsonSchema(definition);
    shape[column] = largeColumns.includes(column) ? schema.optional() : schema;
  }
  return z.object(shape).openapi(name);
}

export function pageSchema(resource: Resource, row: z.ZodObject): z.ZodObject {
  return z.object({
    data: z.array(row),
    next_cursor: z.string().nullable().openapi({
      description: "Give it as `cursor` for the next page; null: no more.",
    }),
  }).openapi(`${resource.name}Page`);
}

export function createSchema({ columns, createColumns, requiredColumns, name }: Resource): z.ZodObject {
  const shape = createColumns.map((column) => {
    const isRequired = requiredColumns.includes(column);
    const schema = jsonSchema({ ...columns[column]!, nullable: !isRequired && columns[column]!.nullable });
    return [column, isRequired ? schema : schema.optional()];
  });
  return z.strictObject(Object.fromEntries(shape)).openapi(`${name}Create`);
}

export function updateSchema({ columns, updateColumns, name }: Resource): z.ZodObject {
  const shape = updateColumns.map((column) => [column, jsonSchema(columns[column]!).optional()]);
  return z.strictObject(Object.fromEntries(shape))
    .refine((body) => Object.keys(body).length > 0, "Name at least one column.")
    .openapi(`${name}Update`, { minProperties: 1 });
}

const ranges = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;
export type Range = keyof typeof ranges;
export const operatorOf = (range: string) => ranges[range as Range];

/** `cursor`, `limit`, `sort`, `fields`, each filter by its name, and `<sorted column>.gte` and the like. */
export function querySchema(resource: Resource): z.ZodObject {
  const { columns, sortColumns, filterColumns, customFilters = {}, defaultSort, clientKey, reach } = resource;
  const sorts = sortColumns.flatMap((column) => [column, `-${column}`]);
  const usual = (defaultSort.descending ? "-" : "") + defaultSort.column;
  const shape: Record<string, z.ZodType> = {
    limit: z.string().regex(/^\d{1,3}$/).transform(Number).pipe(z.int().min(1).max(mostRows)).optional()
      .openapi({ type: "integer", minimum: 1, maximum: mostRows, default: 50 }),
    cursor: z.string().max(4_000).optional().openapi({ description: "`next_cursor` of the page before." }),
    sort: z.enum(sorts).optional().openapi({ description: `Descending with a minus; \`${usual}\` unless told.` }),
    fields: z.string().max(4_000).optional().openapi({ description: "Only these columns, separated by commas." }),
  };
  if (clientKey && reach === "clients") shape.client = several(z.string().max(1_000), "Of this client.");
  for (const column of filterColumns) {
    shape[column] = several(textSchema(columns[column]!), "Any of these values.", columns[column]!.choices);
  }
  for (const [name, { kind, about, choices }] of Object.entries(customFilters)) {
    shape[name] = textSchema({ kind, choices, stored: name, nullable: false }).optional().openapi({
      description: about,
    });
  }
  for (const column of sortColumns) {
    if (columns[column]!.choices) continue;
    for (const range of Object.keys(ranges)) shape[`${column}.${range}`] = textSchema(columns[column]!).optional();
  }
  return z.strictObject(shape);
}

/** A parameter that may be repeated. */
function several(one: z.ZodType<string>, description: string, words?: readonly string[]): z.ZodType {
  const items = { type: "string" as const, ...(words ? { enum: [...words] } : {}) };
  return z.preprocess((value) => typeof value === "string" ? [value] : value, z.array(one).min(1).max(100)).optional()
    .openapi({ type: "array", items, description });
}
