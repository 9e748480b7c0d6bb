// `npm run bench:rls [-- --leads 1000000 --pairs 15]`: what row-level security costs. Every list query of the API, as a
// client's user and as the agency's staff, beside the same query with an explicit filter and without policies, in turns.

import type postgres from "postgres";
import { parseFlags } from "../local/flags.ts";
import { connect } from "../local/platform.ts";
import { fail } from "../local/report.ts";
import { createDatabase, type TestDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { seedAgency, users } from "./rls/data.ts";
import { fillEmpty } from "./rls/fill.ts";
import { type Caller, listQueries, type Measured } from "./rls/queries.ts";
import { measurePairs, median, type Pairs, ratios } from "./support/pairs.ts";
import { resources } from "../supabase/functions/api/registry.ts";
import { callerStatement } from "../supabase/functions/api/core/routes.ts";
import type { Statement } from "../supabase/functions/api/core/statements.ts";

const usage = "npm run bench:rls -- [--leads 1000000] [--pairs 15] [--only words]";
const goal = 1.15;

try {
  const flags = parseFlags(usage, {
    leads: { type: "string" },
    pairs: { type: "string" },
    only: { type: "string" },
  });
  const leads = Number(flags.leads ?? 1_000_000);
  const pairs = Number(flags.pairs ?? 15);
  const server = await startTestServer({ durable: true });
  let missed = 0;
  try {
    await using database = await createDatabase();
    const admin = connect(database.url("supabase_admin"), { max: 1 });
    console.log(`An agency with ${leads.toLocaleString("en")} leads ...`);
    await seedAgency(admin, leads);
    await fillEmpty(admin, resources, Math.ceil(leads / 50));
    await admin.end();
    console.log("milliseconds: explicit filter without policies -> the API's query under row-level security");
    for (const caller of ["member", "staff"] as const) {
      missed += await measureCaller(database, caller, pairs, flags.only);
    }
  } finally {
    await server.stop();
  }
  console.log(`\n${missed} queries above ${goal} by more than a fifth, which is more than a busy machine explains`);
  Deno.exit(missed ? 1 : 0);
} catch (error) {
  fail(error);
}

async function measureCaller(database: TestDatabase, caller: Caller, pairs: number, only = ""): Promise<number> {
  const under = await timed(await sessionOf(database, caller));
  const without = await timed(connect(database.url("postgres"), { max: 1 }));
  await without.sql`select set_config('request.jwt.claims', ${claimsOf(caller)}, false)`;
  const queries = await listQueries(caller, async (_, statement) => await run(under.sql, statement) as never);
  let missed = 0;
  for (const query of queries.filter(({ name }) => name.includes(only))) {
    const result = await measure(query, without, under, pairs);
    const ratio = median(ratios(result));
    if (ratio > goal / 0.8) missed++;
    console.log(line(query.name, result, ratio));
  }
  await Promise.all([under.sql.end(), without.sql.end()]);
  return missed;
}

/** One session as the API's transaction has it. */
async function sessionOf(database: TestDatabase, caller: Caller): Promise<postgres.Sql> {
  const sql = connect(database.url("api_gateway"), { max: 1 });
  await sql`select set_config('request.jwt.claims', ${claimsOf(caller)}, false)`;
  await sql`set role authenticated`;
  // For the session here, for the transaction there.
  await sql.unsafe(callerStatement.replaceAll(", true)", ", false)"));
  return sql;
}

interface Timed {
  sql: postgres.Sql;
  /** Milliseconds that the session has had of a processor, which others that want it do not lengthen; else of the day. */
  clock: () => number;
}

async function timed(sql: postgres.Sql): Promise<Timed> {
  const [{ pid }] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`;
  const file = `/proc/${pid}/schedstat`;
  const clock = () => Number(Deno.readTextFileSync(file).split(" ")[0]) / 1e6;
  try {
    clock();
    return { sql, clock };
  } catch {
    return { sql, clock: () => performance.now() };
  }
}

function claimsOf(caller: Caller): string {
  return JSON.stringify({ sub: users[caller], role: "authenticated" });
}

function run(sql: postgres.Sql, { text, args }: Statement) {
  return sql.unsafe(text, args, { prepare: false });
}

/** Of each side the shortest of about 20 ms: what else the machine does only adds. */
async function measure(
  { ours, explicit }: Measured,
  without: Timed,
  under: Timed,
  pairs: number,
): Promise<Pairs> {
  const once = async ({ sql, clock }: Timed, statement: Statement) => {
    const start = clock();
    await run(sql, statement);
    return clock() - start;
  };
  for (let i = 0; i < 3; i++) await once(without, explicit), await once(under, ours);
  const rounds = Math.max(1, Math.min(40, Math.ceil(20 / await once(without, explicit))));
  const block = async (session: Timed, statement: Statement) => {
    const times: number[] = [];
    for (let i = 0; i < rounds; i++) times.push(await once(session, statement));
    return Math.min(...times);
  };
  return await measurePairs(pairs, () => block(without, explicit), () => block(under, ours));
}

function line(name: string, result: Pairs, ratio: number): string {
  const show = (values: number[]) => median(values).toFixed(2);
  const all = ratios(result);
  const spread = `(${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
  const verdict = ratio <= goal ? "met" : ratio <= goal / 0.8 ? "near" : "missed";
  return `${name.padEnd(56)} ${`${show(result.base)} -> ${show(result.full)}`.padEnd(18)} ` +
    `${ratio.toFixed(2)} ${spread.padEnd(16)} goal at most ${goal}: ${verdict}`;
}
