import { setImmediate } from "node:timers/promises";
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, GiveUp, type JobContext, RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { createHands } from "../../supabase/functions/jobs/hands.ts";
import type { Queue } from "../../supabase/functions/jobs/queue.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { enqueue, jobsOf, keys, moveClock, queueOf, stopClock, until, workerOn } from "./support.ts";

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
});
beforeEach(() => sql`delete from outbound.job_queue`.then(() => {}));
afterAll(() => database?.drop());

const never = new AbortController().signal;
const any = z.unknown();

test("a handler gets its job, its payload and what it may use", async () => {
  let seen: [unknown, JobContext] | undefined;
  const handler = defineJob({
    type: "greet",
    payload: z.object({ name: z.string() }),
    run: (payload, context) => {
      seen = [payload, context];
      return Promise.resolve();
    },
  });
  await using setting = workerOn(database, [handler]);
  const id = await enqueue(sql, "greet", { name: "Ada", more: 1 }, 3);
  expect(await setting.worker.drain(never)).toMatchObject({ completed: 1, failed: 0, dead: 0, lost: 0 });
  const [payload, context] = seen!;
  expect(payload).toEqual({ name: "Ada" });
  expect(context.job).toEqual({ id, type: "greet", attempt: 1, maxAttempts: 3 });
  expect(await context.secrets.open(await context.secrets.seal("x"))).toBe("x");
  expect(await jobsOf(sql)).toMatchObject([{ id, status: "completed", attempts: 1 }]);
});

test.for(
  [
    ["an error", () => new Error("boom at ada@example.test"), "delayed", "boom at [address]", 8, 12],
    ["RetryLater", () => new RetryLater(120, "slow down"), "delayed", "slow down", 120, 132],
    ["GiveUp", () => new GiveUp("no such thing"), "failed", "no such thing", -100, 100],
  ] as const,
)("%s ends the attempt as it says", async ([, error, status, reason, from, to]) => {
  await using setting = workerOn(database, [
    defineJob({ type: "fails", payload: any, run: () => Promise.reject(error()) }),
  ]);
  await stopClock(sql, new Date());
  await enqueue(sql, "fails");
  await setting.worker.drain(never);
  const [job] = await jobsOf(sql);
  await moveClock(sql, 0);
  expect(job).toMatchObject({ status, last_error: reason });
  expect(job!.wait).toBeGreaterThanOrEqual(from);
  expect(job!.wait).toBeLessThanOrEqual(to);
});

test("between jobs that never wait others have their turn, so that a claim goes out meanwhile", async () => {
  let started = 0;
  const handler = defineJob({ type: "quick", payload: any, run: () => Promise.resolve(void started++) });
  const deps = { secrets: createSecretBox(keys), log: createLog("error"), now: Date.now, handlers: [handler] };
  const queue = { complete: () => Promise.resolve([]) } as Partial<Queue> as Queue;
  const hands = createHands({ ...deps, queue }, { concurrency: 2, ahead: 10 }, () => {});
  hands.take(["a", "b", "c", "d"].map((id) => ({ id, type: "quick", payload: {}, attempt: 1, maxAttempts: 1 })));
  await setImmediate();
  expect(started).toBe(2);
  await until(() => hands.areEmpty());
  expect(hands.summary.completed).toBe(4);
});

test("a handler that throws at once fails its job and no other", async () => {
  await using setting = workerOn(database, [
    {
      type: "throws",
      run: () => {
        throw new Error("at once");
      },
    },
    defineJob({ type: "works", payload: any, run: () => Promise.resolve() }),
  ]);
  await enqueue(sql, "throws");
  await enqueue(sql, "works");
  expect(await setting.worker.drain(never)).toMatchObject({ completed: 1, failed: 1 });
});

test("a payload of another form is dead at once, without its content in the reason", async () => {
  const handler = defineJob({ type: "strict", payload: z.object({ n: z.number() }), run: () => Promise.resolve() });
  await using setting = workerOn(database, [handler]);
  await enqueue(sql, "strict", { n: "ada@example.test" });
  expect(await setting.worker.drain(never)).toMatchObject({ dead: 1 });
  expect(await jobsOf(sql)).toMatchObject([{
    status: "failed",
    last_error: "The payload is not as expected: n invalid_type",
  }]);
});

test("a job of a type that nobody here knows waits for a worker that does", async () => {
  await using setting = workerOn(database, []);
  await enqueue(sql, "tomorrow");
  expect(await setting.worker.drain(never)).toMatchObject({ failed: 1 });
  expect(await jobsOf(sql)).toMatchObject([{
    status: "delayed",
    last_error: "This worker has no handler for tomorrow.",
  }]);
});

test("no more than so many run at once, and all of them run", async () => {
  let running = 0, most = 0;
  const handler = defineJob({
    type: "counted",
    payload: any,
    run: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    },
  });
  await using setting = workerOn(database, [handler], { concurrency: 7 });
  await sql`select outbound.enqueue_job('test', 'counted') from generate_series(1, 200)`;
  expect(await setting.worker.drain(never)).toMatchObject({ completed: 200 });
  expect(most).toBe(7);
});

test("what is not finished when the worker stops is given back and does not count", async () => {
  const stopping = new AbortController();
  let started = 0;
  let aborted = false;
  const handler = defineJob({
    type: "long",
    payload: any,
    run: (_, { signal }) =>
      new Promise((_, reject) => {
        started++;
        signal.addEventListener("abort", () => (aborted = true, reject(signal.reason)));
      }),
  });
  await using setting = workerOn(database, [handler], { concurrency: 2 });
  for (let i = 0; i < 5; i++) await enqueue(sql, "long");
  const working = setting.worker.run(stopping.signal);
  await until(() => started === 2);
  stopping.abort();
  expect(await working).toMatchObject({ completed: 0, failed: 0 });
  expect(aborted).toBe(true);
  expect((await jobsOf(sql)).map(({ status }) => status)).toEqual(Array(5).fill("waiting"));
  const [{ counted }] = await sql<[{ counted: number }]>`
    select max(attempts - forgiven_attempts) as counted from outbound.job_queue`;
  expect(counted).toBe(0);
});

test("a long job keeps its lease; one that lost it is aborted and completes nothing", async () => {
  let reason: unknown;
  let finish = () => {};
  const handler = defineJob({
    type: "long",
    payload: any,
    run: (_, { signal }) =>
      new Promise((resolve) => {
        finish = resolve;
        signal.addEventListener("abort", () => (reason = signal.reason));
      }),
  });
  await using setting = workerOn(database, [handler], { lease: 300 });
  const id = await enqueue(sql, "long");
  const stopping = new AbortController();
  const working = setting.worker.run(stopping.signal);
  await until(async () => (await jobsOf(sql))[0]?.status === "active");
  await sql`update outbound.job_queue set lease_expires_at = lease_expires_at - interval '20 seconds'`;
  await until(async () => {
    const [row] =
      await sql`select lease_expires_at > now() + interval '25 seconds' as extended from outbound.job_queue`;
    return row!.extended;
  });
  // Somebody else has it by now.
  await sql`update outbound.job_queue set attempts = 2, worker = 'other' where id = ${id}`;
  await until(() => reason !== undefined);
  finish();
  stopping.abort();
  expect(await working).toMatchObject({ completed: 0, lost: 1 });
  expect(await jobsOf(sql)).toMatchObject([{ status: "active", attempts: 2, worker: "other" }]);
});

test("a job that looks at its signal only after it was stopped sees that it was", async () => {
  const stopping = new AbortController();
  let go = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  let isStarted = false;
  let isAborted: boolean | undefined;
  const handler = defineJob({
    type: "long",
    payload: any,
    async run(_, context) {
      isStarted = true;
      await gate;
      isAborted = context.signal.aborted;
    },
  });
  await using setting = workerOn(database, [handler]);
  await enqueue(sql, "long");
  const working = setting.worker.run(stopping.signal);
  await until(() => isStarted);
  stopping.abort();
  expect(await working).toMatchObject({ handed_back: 1 });
  go();
  await until(() => isAborted !== undefined);
  expect(isAborted).toBe(true);
});

test("a database that is away for a moment is no reason to stop, and nothing done is forgotten", async () => {
  let ran = 0;
  let isCut = false;
  const handler = defineJob({ type: "counted", payload: any, run: () => Promise.resolve(void ran++) });
  const queue = queueOf(database, { connections: 2 });
  const cut = async () => {
    if (isCut) return;
    isCut = true;
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where usename = 'job_worker' and datname = current_database()`;
  };
  const cutting: Queue = {
    ...queue,
    claim: async (most, done) => {
      if (done.length > 0) await cut();
      return await queue.claim(most, done);
    },
    complete: async (jobs) => {
      await cut();
      return await queue.complete(jobs);
    },
  };
  await using setting = workerOn(database, [handler], {}, cutting);
  for (let i = 0; i < 30; i++) await enqueue(sql, "counted");
  const stopping = new AbortController();
  const working = setting.worker.run(stopping.signal);
  await until(async () => (await jobsOf(sql)).every(({ status }) => status === "completed"));
  stopping.abort();
  expect(await working).toMatchObject({ completed: 30 });
  expect(ran).toBe(30);
});
