// `npm run bench:rls [-- --leads 1000000 --pairs 5]`: what row-level security costs. Every list query of the API, as a
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

const usage = "npm run bench:rls -- [--leads 1000000] [--pairs 5] [--only words]";
const goal = 1.15;

/** A miss is above the goal by more than a fifth, which is more than a busy machine explains. */
type Verdict = "met" | "near" | "missed";

try {
  const flags = parseFlags(usage, {
    leads: { type: "string" },
    pairs: { type: "string" },
    only: { type: "string" },
  });
  const leads = Number(flags.leads ?? 1_000_000);
  const pairs = Number(flags.pairs ?? 5);
  const server = await startTestServer({ durable: true });
  const all: Verdict[] = [];
  try {
    await using database = await createDatabase();
    const admin = connect(database.url("supabase_admin"), { max: 1 });
    console.log(`An agency with ${leads.toLocaleString("en")} leads ...`);
    await seedAgency(admin, leads);
    await fillEmpty(admin, resources, Math.ceil(leads / 50));
    await admin.end();
    console.log("milliseconds: explicit filter without policies -> the API's query under row-level security");
    for (const caller of ["member", "staff"] as const) {
      all.push(...await measureCaller(database, caller, pairs, flags.only));
    }
  } finally {
    await server.stop();
  }
  const count = (verdict: Verdict) => all.filter((each) => each === verdict).length;
  console.log(`\n${count("met")} met, ${count("near")} near, ${count("missed")} above ${goal} by more than a fifth`);
  Deno.exit(count("missed") ? 1 : 0);
} catch (error) {
  fail(error);
}

async function measureCaller(
  database: TestDatabase,
  caller: Caller,
  pairs: number,
  only = "",
): Promise<Verdict[]> {
  const session = await openSession(database, caller);
  const queries = await listQueries(caller, (_, statement) => session.rows(statement) as never);
  const verdicts: Verdict[] = [];
  for (const query of queries.filter(({ name }) => name.includes(only))) {
    const result = await measure(query, session, pairs);
    const ratio = median(ratios(result));
    const verdict = ratio <= goal ? "met" : ratio <= goal / 0.8 ? "near" : "missed";
    verdicts.push(verdict);
    console.log(line(query.name, result, ratio, verdict));
  }
  await session.end();
  return verdicts;
}

interface Session {
  rows(statement: Statement): Promise<postgres.Row[]>;
  /** Milliseconds of a statement, as the API sends it or as somebody whom no policy holds. */
  time(role: "authenticated" | "none", statement: Statement): Promise<number>;
  end(): Promise<void>;
}

/**
 * Both sides share one process with all that it keeps in memory, and one processor: of two, one may have the slower one
 * for minutes. Its settings are those of the API's transaction.
 */
async function openSession(database: TestDatabase, caller: Caller): Promise<Session> {
  const sql = connect(database.url("postgres"), { max: 1 });
  await sql`select set_config('request.jwt.claims', ${claimsOf(caller)}, false)`;
  // For the session here, for the transaction there.
  await sql.unsafe(callerStatement.replaceAll(", true)", ", false)"));
  const clock = await clockOf(sql);
  const run = ({ text, args }: Statement) => sql.unsafe(text, args, { prepare: false });
  return {
    rows: async (statement) => {
      await sql`set role authenticated`;
      return await run(statement);
    },
    time: async (role, statement) => {
      await sql.unsafe(`set role ${role}`);
      const start = clock();
      await run(statement);
      return clock() - start;
    },
    end: () => sql.end(),
  };
}

/** Milliseconds that the session has had of a processor, which others that want it do not lengthen; else of the day. */
async function clockOf(sql: postgres.Sql): Promise<() => number> {
  const [{ pid }] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`;
  const file = `/proc/${pid}/schedstat`;
  const clock = () => Number(Deno.readTextFileSync(file).split(" ")[0]) / 1e6;
  try {
    clock();
    return clock;
  } catch {
    return () => performance.now();
  }
}

function claimsOf(caller: Caller): string {
  return JSON.stringify({ sub: users[caller], role: "authenticated" });
}

/** Query by query in turns; of each side of a pair the shortest of about 10 ms: what else the machine does only adds. */
async function measure({ ours, explicit }: Measured, session: Session, pairs: number): Promise<Pairs> {
  const under = () => session.time("authenticated", ours);
  const without = () => session.time("none", explicit);
  for (let i = 0; i < 3; i++) await without(), await under();
  const rounds = Math.max(3, Math.min(30, Math.ceil(10 / await without())));
  const result: Pairs = { base: [], full: [] };
  for (let i = 0; i < pairs; i++) {
    const times = await measurePairs(rounds, without, under);
    result.base.push(Math.min(...times.base));
    result.full.push(Math.min(...times.full));
  }
  return result;
}

function line(name: string, result: Pairs, ratio: number, verdict: Verdict): string {
  const show = (values: number[]) => median(values).toFixed(2);
  const all = ratios(result);
  const spread = `(${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
  return `${name.padEnd(56)} ${`${show(result.base)} -> ${show(result.full)}`.padEnd(18)} ` +
    `${ratio.toFixed(2)} ${spread.padEnd(16)} goal at most ${goal}: ${verdict}`;
}
