// Reports: read-only SQL functions with parameters. A declaration is all that one needs; route, statement, document and
// client follow.

import { z } from "@hono/zod-openapi";
import { answer } from "./answers.ts";
import { type Column, identifier, jsonSchema, type KindName, kinds, textSchema } from "./columns.ts";
import { addRoute, type Api, callerOf, type ResourceDeps } from "./routes.ts";
import type { Statement } from "./statements.ts";

/** A parameter of the SQL function, which has it as p_<name>. */
export interface Parameter {
  kind: KindName;
  about: string;
  choices?: readonly string[];
  required?: true;
}

export interface Report {
  /** Below /v1/, such as reports/funnel. */
  path: string;
  /** One row of it, such as FunnelStep. */
  name: string;
  /** The operation, such as reportFunnel. */
  operation: string;
  about: string;
  scope: string;
  /** The SQL function. It runs with the caller's rights: row-level security decides what is counted. */
  source: string;
  parameters: Record<string, Parameter>;
  /** Its columns by kind, as words. */
  columns: Partial<Record<KindName, string>>;
  /** Columns that are never null. */
  present: string;
  choices?: Record<string, readonly string[]>;
  notes?: Record<string, string>;
}

const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** Adds the route of a report: GET, all rows at once, as the function bounds them. */
export function addReport(api: Api, { sessions }: ResourceDeps, report: Report): void {
  const columns = columnsOf(report);
  const row = z.object(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, jsonSchema(column)])))
    .openapi(report.name);
  addRoute(api, report, {
    method: "get",
    id: report.operation,
    summary: report.about,
    right: "read",
    request: { query: parametersOf(report) },
    answer: z.object({ data: z.array(row) }).openapi(`${report.name}Report`),
  }, (c) =>
    answer(c, sessions, async (query) => {
      await callerOf(query, {});
      const { text, args } = reportStatement(report, c.req.valid("query" as never));
      const [result] = await query<{ data: unknown }>(text, args);
      return { status: 200, body: JSON.stringify({ data: result!.data }) };
    }));
}

/** One statement that answers all rows as JSON. Parameters that were not given keep the function's defaults. */
export function reportStatement(report: Report, given: Record<string, string | undefined>): Statement {
  const names = Object.keys(report.parameters).filter((name) => given[name] !== undefined);
  const list = names.map((name, i) => `p_${name} => $${i + 1}::text::${kinds[report.parameters[name]!.kind].sql}`);
  const columns = Object.keys(columnsOf(report)).map(identifier).join(", ");
  const text = [
    "select coalesce(json_agg(row_to_json(t)), '[]') as data",
    `from (select ${columns} from ${report.source}(${list.join(", ")})) as t`,
  ].join("\n");
  return { text, args: names.map((name) => given[name]!) };
}

function columnsOf({ columns, present, choices, notes }: Report): Record<string, Column> {
  const always = words(present);
  return Object.fromEntries(
    (Object.entries(columns) as [KindName, string][]).flatMap(([kind, list]) =>
      words(list).map((name) => [name, {
        kind,
        stored: name,
        nullable: !always.includes(name),
        choices: choices?.[name],
        about: notes?.[name],
      }])
    ),
  );
}

function parametersOf({ parameters }: Report): z.ZodObject {
  const shape = Object.entries(parameters).map(([name, { kind, about, choices, required }]) => {
    const schema = textSchema({ kind, choices, stored: name, nullable: false });
    const described = (required ? schema : schema.optional()).openapi({ description: about });
    return [name, described];
  });
  return z.strictObject(Object.fromEntries(shape));
}
