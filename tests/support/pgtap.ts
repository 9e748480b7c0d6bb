// Runs pgTAP files without psql: the whole file as one simple query.

import { relative } from "node:path";
import type postgres from "postgres";
import { root } from "../../local/paths.ts";
import { connect } from "../../local/platform.ts";
import type { TestDatabase } from "./database.ts";

const folder = `${root}/supabase/tests`;

/** Narrows the run to these files or folders, as `npm test -- <file.test.sql>` does. */
export const filesVariable = "MILLRACE_TAP_FILES";

export function listTapFiles(): string[] {
  const wanted = (Deno.env.get(filesVariable) ?? "").split("\n").filter(Boolean);
  return [...walk(folder)]
    .map((path) => relative(root, path).replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".test.sql") && (!wanted.length || wanted.some((part) => path.includes(part))))
    .sort();
}

function* walk(path: string): Generator<string> {
  for (const entry of Deno.readDirSync(path)) {
    if (entry.isDirectory) yield* walk(`${path}/${entry.name}`);
    else yield `${path}/${entry.name}`;
  }
}

/** pgTAP and the helpers of schema `tests`; the files themselves leave nothing behind. */
export async function prepareForTap(database: TestDatabase): Promise<void> {
  await database.sql("supabase_admin").unsafe("create extension pgtap with schema extensions");
  await database.sql().unsafe(await Deno.readTextFile(`${folder}/helpers.sql`)).simple();
}

export interface TapSession {
  run(file: string, text?: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * Runs one file after another. To connect, and to compile and plan everything again, would take longer than most files
 * do: they share a session that is as good as new before each. One that failed has had it to itself, and so has one that
 * looks at plans, or that alters tables, which would look through all the plans that are kept.
 */
export function openTapSession(database: TestDatabase): TapSession {
  let sql: postgres.Sql | undefined;
  const end = async () => {
    await sql?.end({ timeout: 1 });
    sql = undefined;
  };
  const run: TapSession["run"] = async (file, text = Deno.readTextFileSync(`${root}/${file}`)) => {
    const isAlone = /\b(explain|pg_stat|plan_cache|alter table)/i.test(text);
    if (isAlone) await end();
    sql ??= await openSession(database);
    let isGood = false;
    try {
      await runTapFile(sql, file, text);
      isGood = true;
    } finally {
      if (isAlone || !isGood) await end();
    }
  };
  return { run, end };
}

/** Of a setting that was never set one reads null, and an empty text for ever after: in a shared session from the start. */
async function openSession(database: TestDatabase): Promise<postgres.Sql> {
  const sql = connect(database.url(), { fetch_types: false, max_lifetime: null });
  await sql`
    select set_config(m[1], '', false)
    from pg_proc p, regexp_matches(p.prosrc, '''((?:request|millrace)[.][a-z_.]+)''', 'g') as m`;
  return sql;
}

/** `discard all` without `discard plans`. */
const asNew = `
  rollback;
  close all;
  set session authorization default;
  reset all;
  deallocate all;
  unlisten *;
  select pg_advisory_unlock_all();
  discard temp;
  discard sequences`;

async function runTapFile(sql: postgres.Sql, file: string, text: string): Promise<void> {
  const lines: string[] = [];
  try {
    await sql.unsafe(asNew).simple();
    await sql.unsafe(text).simple().forEach((row) => {
      for (const value of Object.values(row)) if (typeof value === "string") lines.push(...value.split("\n"));
    });
  } catch (error) {
    throw new Error([`${file}${place(error, text)}: ${describe(error)}`, ...lines].join("\n"));
  }
  const complaint = judge(lines);
  if (complaint) throw new Error(`${file}: ${complaint}`);
}

/** What is wrong with a file's TAP output; undefined when all is well. */
export function judge(lines: string[]): string | undefined {
  const plan = lines.map((line) => /^1\.\.(\d+)/.exec(line)?.[1]).find((count) => count !== undefined);
  const results = lines.filter((line) => /^(not )?ok\b/.test(line));
  const failures = failed(lines);
  if (plan === undefined) return "no plan: the file needs `select plan(n);`";
  if (!results.length) return "no assertion was run";
  if (failures.length) return `${failures.length} of ${results.length} failed\n${failures.join("\n")}`;
  if (results.length !== Number(plan)) return `planned ${plan} assertions but ran ${results.length}`;
}

/** Each failing line with the diagnostics that follow it. */
function failed(lines: string[]): string[] {
  const blocks: string[] = [];
  let inBlock = false;
  for (const line of lines) {
    if (/^not ok\b/.test(line)) {
      inBlock = !/#\s*(todo|skip)\b/i.test(line);
      if (inBlock) blocks.push(line);
    } else if (inBlock && line.startsWith("#")) blocks[blocks.length - 1] += `\n${line}`;
    else inBlock = false;
  }
  return blocks;
}

function place(error: unknown, text: string): string {
  const position = Number((error as { position?: string }).position);
  return position ? `:${text.slice(0, position).split("\n").length}` : "";
}

function describe(error: unknown): string {
  const { message, code, detail, hint, where } = error as Record<string, string | undefined>;
  return [`${message} (${code})`, detail, hint, where].filter(Boolean).join("\n");
}
