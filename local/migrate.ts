// Migrations through the Supabase CLI, as on Supabase; then the seed of a new database, and the local passwords.

import { createHash } from "node:crypto";
import type postgres from "postgres";
import { connect } from "./platform.ts";
import { password } from "./postgres.ts";
import { root } from "./paths.ts";

/** Login roles that the migrations create, and that the functions connect as. */
const loginRoles = ["webhook_receiver", "job_worker", "api_gateway"];

export interface Migrated {
  applied: number;
  /** The database had nothing of ours before. */
  wasNew: boolean;
  /** Files that were edited after they had been applied, as may happen until 1.0. */
  changed: string[];
}

/** Applies what is missing. */
export async function migrate(url: string): Promise<Migrated> {
  const sql = connect(url);
  try {
    const [before] = await sql`select to_regclass('supabase_migrations.schema_migrations') is null as was_new`;
    const { success, output } = await supabase("migration", "up", `--remote=${withoutTls(url)}`, "--yes");
    if (!success) throw new Error(`The migrations failed:\n${output}${isOfOtherFiles(output) ? advice : ""}`);
    const changed: string[] = [];
    for (const path of migrationFiles()) {
      const hash = hashOf(await Deno.readTextFile(`${root}/${path}`));
      if (await remember(sql, path, hash) !== hash) changed.push(path);
    }
    return { applied: output.match(/^Applying migration/gm)?.length ?? 0, wasNew: before!.was_new, changed };
  } finally {
    await sql.end();
  }
}

const advice =
  "\n\nThis database was made of other files, as may happen until 1.0. Do not insert these: `npm run db:reset` " +
  "makes it anew, without its data.";

/** Files were renamed or renumbered since, so the CLI finds some missing on either side. */
function isOfOtherFiles(output: string): boolean {
  return /inserted before the last migration|not found in local/i.test(output);
}

export function migrationFiles(): string[] {
  return [...Deno.readDirSync(`${root}/supabase/migrations`)]
    .map(({ name }) => `supabase/migrations/${name}`)
    .filter((path) => path.endsWith(".sql"))
    .sort();
}

/** The CLI warns about a server without TLS, which every server on this machine is. */
export function withoutTls(url: string): string {
  const target = new URL(url);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(target.hostname);
  if (isLocal && !target.searchParams.has("sslmode")) target.searchParams.set("sslmode", "disable");
  return target.href;
}

/** Runs the Supabase CLI, which prints what it did and what went wrong in turns on both streams. */
export async function supabase(...args: string[]): Promise<{ success: boolean; stdout: string; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${root}/node_modules/supabase/dist/supabase.js`, ...args, `--workdir=${root}`],
    env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { success, stdout: text(stdout), output: `${text(stderr)}\n${text(stdout)}`.trim() };
}

const seedPath = "supabase/seed.sql";
const skipped = "skipped";

/** The demo agency, once a database. */
export async function seed(url: string): Promise<"seeded" | "there already" | "left out"> {
  const text = await Deno.readTextFile(`${root}/${seedPath}`).catch(() => "");
  const fresh = crypto.randomUUID();
  const sql = connect(url);
  try {
    return await sql.begin(async (sql) => {
      const known = await remember(sql, seedPath, fresh);
      if (known !== fresh) return known === skipped ? "left out" : "there already";
      await sql`update supabase_migrations.seed_files set hash = ${hashOf(text)} where path = ${seedPath}`;
      await sql.unsafe(text).simple();
      return "seeded";
    });
  } finally {
    await sql.end();
  }
}

/** Keeps a later start from seeding a database that was made without. */
export async function skipSeed(url: string): Promise<void> {
  const sql = connect(url);
  await remember(sql, seedPath, skipped);
  await sql.end();
}

/** The hash that a file had when it came into this database, which is `hash` if it does so now. The table is the CLI's. */
async function remember(sql: postgres.Sql | postgres.TransactionSql, path: string, hash: string): Promise<string> {
  await sql`create table if not exists supabase_migrations.seed_files (path text primary key, hash text not null)`;
  await sql`insert into supabase_migrations.seed_files values (${path}, ${hash}) on conflict do nothing`;
  const [row] = await sql`select hash from supabase_migrations.seed_files where path = ${path}`;
  return row!.hash;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Only for servers on this machine: the login roles come without a password. */
export async function setLocalPasswords(url: string): Promise<void> {
  const sql = connect(url);
  const roles = await sql<{ rolname: string }[]>`select rolname from pg_roles where rolname = any(${loginRoles})`;
  for (const { rolname } of roles) await sql.unsafe(`alter role ${rolname} password '${password}'`);
  await sql.end();
}
