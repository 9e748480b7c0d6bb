// Workers that are killed in the middle of their jobs. Time passes for the database only, and by being told.

import type postgres from "postgres";
import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { defaults } from "../../supabase/functions/jobs/worker.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { createEffects, enqueue, jobsOf, moveClock, stopClock, until } from "./support.ts";

interface Child extends AsyncDisposable {
  kill(signal: Deno.Signal): Promise<string>;
  gone: Promise<unknown>;
}

function startWorker(database: TestDatabase, name: string): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${root}/deno.json`, `${root}/tests/jobs/child.ts`],
    env: { NAME: name, JOBS_DATABASE_URL: database.url("job_worker") },
    stdout: "piped",
  }).spawn();
  const output = new Response(child.stdout).text();
  const kill = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It is gone already.
    }
    await child.status;
    return await output;
  };
  return { kill, gone: child.status, [Symbol.asyncDispose]: async () => void await kill("SIGKILL") };
}

async function countOf(sql: postgres.Sql, what: string): Promise<number> {
  const [row] = await sql.unsafe<[{ count: number }]>(`select count(*)::int as count from ${what}`);
  return row.count;
}

const requeue = (sql: postgres.Sql) => sql`select private.run_schedule('requeue-expired-jobs')`;

test("of two workers one is killed: each job is done once by effect, and its jobs are back within the lease", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  await createEffects(sql);
  const start = Date.now();
  const moveTo = (seconds: number) => stopClock(sql, new Date(start + seconds * 1000));
  await moveTo(0);
  await sql`select outbound.enqueue_job('test', 'effect') from generate_series(1, 40)`;

  await using first = startWorker(database, "first");
  await until(async () => await countOf(sql, "public.started") === 5);
  await using second = startWorker(database, "second");
  await until(async () => await countOf(sql, "public.started") === 10);
  await first.kill("SIGKILL");
  await sql`insert into public.gate values (true)`;
  const isDone = async (count: number) => await countOf(sql, "outbound.job_queue where status = 'completed'") === count;
  await until(async () =>
    await countOf(sql, "outbound.job_queue where status in ('waiting')") === 0 && await isDone(35)
  );

  await moveTo(defaults.lease / 1000 - 2);
  await requeue(sql);
  expect(await countOf(sql, "outbound.job_queue where status = 'active' and worker = 'first'")).toBe(5);
  await moveTo(defaults.lease / 1000 + 1);
  await requeue(sql);
  await until(() => isDone(40));
  // Lease and the schedule's interval: what a job of a dead worker waits at most.
  const [{ every }] = await sql<[{ every: number }]>`
    select extract(epoch from every)::int as every from integrations.schedules where job = 'requeue-expired-jobs'`;
  expect(defaults.lease / 1000 + every).toBeLessThanOrEqual(60);

  expect(await countOf(sql, "public.effects")).toBe(40);
  expect(await countOf(sql, "public.started")).toBe(45);
  expect((await jobsOf(sql)).map(({ attempts }) => attempts).reduce((a, b) => a + b)).toBe(45);
  expect(JSON.parse(await second.kill("SIGTERM"))).toMatchObject({ completed: 40, lost: 0 });
});

test("a worker that is told to stop gives back what it has not finished, for another one to do", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  await createEffects(sql);
  await sql`select outbound.enqueue_job('test', 'effect') from generate_series(1, 8)`;
  await using first = startWorker(database, "first");
  await until(async () => await countOf(sql, "public.started") === 5);
  expect(JSON.parse(await first.kill("SIGTERM"))).toMatchObject({ completed: 0 });
  expect(await countOf(sql, "outbound.job_queue where status = 'waiting' and attempts = forgiven_attempts")).toBe(8);
  await sql`insert into public.gate values (true)`;
  await using _second = startWorker(database, "second");
  await until(async () => await countOf(sql, "outbound.job_queue where status = 'completed'") === 8);
  expect(await countOf(sql, "public.effects")).toBe(8);
});

test("a job that kills its worker each time is dead after its last attempt, with the reason", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  const id = await enqueue(sql, "poison", {}, 2);
  for (const attempt of [1, 2]) {
    await using worker = startWorker(database, `victim ${attempt}`);
    await worker.gone;
    expect(await jobsOf(sql)).toMatchObject([{ id, status: "active", attempts: attempt }]);
    await moveClock(sql, attempt * (defaults.lease / 1000 + 1));
    await requeue(sql);
  }
  expect(await jobsOf(sql)).toMatchObject([{
    status: "failed",
    attempts: 2,
    last_error: "The worker victim 2 did not finish within its lease.",
  }]);
});
