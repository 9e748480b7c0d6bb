// `npm run bench:reports [-- --scale 10 --calls 200 --only words]`: how long the reports take at the documented row
// counts and at ten times as many, as the API asks for them under row-level security; and what keeping the rollups
// costs beside making them anew.

import type postgres from "postgres";
import { parseFlags } from "../local/flags.ts";
import { connect } from "../local/platform.ts";
import { fail } from "../local/report.ts";
import { callerStatement } from "../supabase/functions/api/core/routes.ts";
import { reportStatement } from "../supabase/functions/api/core/reports.ts";
import type { Statement } from "../supabase/functions/api/core/statements.ts";
import { reports } from "../supabase/functions/api/registry.ts";
import { createDatabase, type TestDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { seedAgency, users } from "./reports/data.ts";
import { measureRollups } from "./reports/rollups.ts";
import { median } from "./support/pairs.ts";

const usage = "npm run bench:reports -- [--scale 10] [--calls 200] [--days 1000000] [--only words]";
const most = { milliseconds: 20, growth: 2 };

type Caller = keyof typeof users;

interface Question {
  name: string;
  statement: Statement;
  /** Held against the goals. */
  isGoal: boolean;
}

try {
  const flags = parseFlags(usage, {
    scale: { type: "string" },
    calls: { type: "string" },
    days: { type: "string" },
    only: { type: "string" },
  });
  const scale = Number(flags.scale ?? 10);
  const server = await startTestServer({ durable: true });
  let missed = 0;
  try {
    missed += await measureReports(scale, Number(flags.calls ?? 200), flags.only);
    if (!flags.only || "rollups".includes(flags.only)) {
      await using database = await createDatabase();
      missed += await measureRollups(database, Number(flags.days ?? 1_000_000));
    }
  } finally {
    await server.stop();
  }
  console.log(missed ? `\n${missed} goals missed` : "\nevery goal is met");
  Deno.exit(missed ? 1 : 0);
} catch (error) {
  fail(error);
}

async function measureReports(scale: number, calls: number, only = ""): Promise<number> {
  await using one = await agencyOf(1);
  await using many = await agencyOf(scale);
  console.log(`milliseconds of ${calls} calls: 1x p50, p95 | ${scale}x p50, p95 | growth of p95`);
  let missed = 0;
  for (const caller of ["member", "staff"] as const) {
    const [small, large] = await Promise.all([sessionOf(one, caller), sessionOf(many, caller)]);
    for (const { name, statement, isGoal } of questions().filter(({ name }) => name.includes(only))) {
      const [base, full]: number[][] = [[], []];
      for (let i = -20; i < calls; i++) {
        const times = [await timeOf(small, statement), await timeOf(large, statement)] as const;
        if (i >= 0) base!.push(times[0]), full!.push(times[1]);
      }
      const growth = percentile(full!, 0.95) / percentile(base!, 0.95);
      const isMet = percentile(base!, 0.95) <= most.milliseconds && growth <= most.growth;
      if (isGoal && !isMet) missed++;
      const show = (times: number[]) => `${median(times).toFixed(2)} ${percentile(times, 0.95).toFixed(2)}`.padEnd(13);
      console.log(
        `${`${caller}: ${name}`.padEnd(44)} ${show(base!)} | ${show(full!)} | ${growth.toFixed(2)}` +
          (isGoal ? `   goal at most ${most.milliseconds} ms and ${most.growth}: ${isMet ? "met" : "missed"}` : ""),
      );
    }
    await Promise.all([small.end(), large.end()]);
  }
  return missed;
}

async function agencyOf(factor: number): Promise<TestDatabase> {
  console.log(`An agency with ${factor} times the documented rows ...`);
  const database = await createDatabase();
  const admin = connect(database.url("supabase_admin"), { max: 1 });
  await seedAgency(admin, factor);
  await admin.end();
  return database;
}

function questions(): Question[] {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const of = (path: string, given: Record<string, string> = {}) =>
    reportStatement(reports.find((report) => report.path === `reports/${path}`)!, given);
  const goal = (name: string, statement: Statement) => ({ name, statement, isGoal: true });
  const other = (name: string, statement: Statement) => ({ name, statement, isGoal: false });
  return [
    goal("Quick View, today", of("quick-view")),
    goal("funnel, this month", of("funnel")),
    goal("pipeline board", of("pipeline")),
    goal("inbox health", of("inbox-health")),
    other("Quick View, a week", of("quick-view", { from: day(6) })),
    other("funnel, a year", of("funnel", { from: day(365) })),
    other("funnel of each client, this month", of("funnel", { by: "client" })),
    other("rollup, 13 weeks by client", of("rollup")),
    other(
      "rollup, months of one client's campaigns",
      of("rollup", {
        client: "Client 1",
        by: "campaign",
        period: "month",
      }),
    ),
    other("weighted opportunities", of("opportunities")),
    other("variants of a campaign's steps", of("steps", { client: "Client 1", campaign_id: "20" })),
  ];
}

/** One session as the API's transaction has it. */
async function sessionOf(database: TestDatabase, caller: Caller): Promise<postgres.Sql> {
  const sql = connect(database.url("api_gateway"), { max: 1 });
  await sql`select set_config('request.jwt.claims', ${
    JSON.stringify({ sub: users[caller], role: "authenticated" })
  }, false)`;
  await sql`set role authenticated`;
  // For the session here, for the transaction there.
  await sql.unsafe(callerStatement.replaceAll(", true)", ", false)"));
  return sql;
}

async function timeOf(sql: postgres.Sql, { text, args }: Statement): Promise<number> {
  const start = performance.now();
  await sql.unsafe(text, args, { prepare: false });
  return performance.now() - start;
}

function percentile(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)]!;
}
