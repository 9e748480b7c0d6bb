import { createLog } from "../../supabase/functions/_shared/log.ts";
import { defineJob } from "../../supabase/functions/_shared/jobs.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { connectQueue } from "../../supabase/functions/jobs/queue.ts";
import { createWorker, defaults, type WorkerOptions } from "../../supabase/functions/jobs/worker.ts";
import { listenForJobs } from "../../local/listener.ts";
import { z } from "zod";
import type { TestDatabase } from "../../tests/support/database.ts";
import { batch, rateOf, type Side } from "./side.ts";

const keys = "bench:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=";
const payload = z.object({ id: z.number() });

export interface Ours extends Side {
  /** As enqueue, with nobody woken. */
  enqueueQuietly(writers: number, seconds: number): Promise<number>;
}

/** The real functions, as the role of the workers, and the real worker. */
export async function createOurs(database: TestDatabase): Promise<Ours> {
  const admin = database.sql("postgres", { max: 1 });
  const sql = database.sql("job_worker", { max: 10 });
  const log = createLog("error");
  await admin.unsafe(`
    create schema bench;
    grant usage on schema bench to job_worker;
    do $$
    declare
      v_whole text := replace(
        pg_get_functiondef('outbound.enqueue_job'::regproc), 'outbound.enqueue_job', 'bench.enqueue_quietly');
      v_quiet text := replace(v_whole, 'and pg_try_advisory_xact_lock(5432105) and private.wake_workers()', '');
    begin
      assert v_quiet <> v_whole, 'it wakes nobody';
      execute v_quiet;
    end
    $$;
    grant execute on function bench.enqueue_quietly to job_worker`).simple();

  function open(handler: () => void, workers: number, options: Partial<WorkerOptions>) {
    const queue = connectQueue({
      url: database.url("job_worker"),
      queue: "bench",
      worker: "bench",
      lease: 30,
      connections: 10,
      deadline: 60_000,
      prepare: true,
    });
    const noop = defineJob({ type: "noop", payload, run: () => Promise.resolve(handler()) });
    const deps = { queue, handlers: [noop], secrets: createSecretBox(keys), log, now: Date.now };
    const team = Array.from({ length: workers }, () => createWorker(deps, { ...defaults, ...options }));
    return { team, end: queue.end };
  }

  /** Works through `count` jobs; the time ends when the last one is noted as completed. */
  async function work(workers: number, count: number, options: Partial<WorkerOptions>): Promise<number> {
    let started = 0;
    const { team, end } = open(() => void started++, workers, options);
    const start = performance.now();
    const summaries = await Promise.all(team.map((worker) => worker.drain(new AbortController().signal)));
    const time = performance.now() - start;
    await end();
    const completed = summaries.reduce((sum, summary) => sum + summary.completed, 0);
    if (completed !== count || started !== count) throw new Error(`${completed} of ${count} jobs were completed.`);
    return count / time * 1000;
  }

  return {
    async clear() {
      await admin.unsafe("truncate outbound.job_queue");
      await admin.unsafe("vacuum analyze outbound.job_queue");
    },
    enqueue: (writers, seconds) =>
      rateOf(writers, seconds, async () => {
        await sql`select outbound.enqueue_job('bench', 'noop', ${sql.json({ id: 1 })})`;
        return 1;
      }),
    enqueueQuietly: (writers, seconds) =>
      rateOf(writers, seconds, async () => {
        await sql`select bench.enqueue_quietly('bench', 'noop', ${sql.json({ id: 1 })})`;
        return 1;
      }),
    enqueueMany: (seconds) =>
      rateOf(1, seconds, async () => {
        const jobs = batch.map((payload) => ({ queue: "bench", type: "noop", payload }));
        await sql`select outbound.enqueue_jobs(${JSON.stringify(jobs)}::text::jsonb)`;
        return batch.length;
      }),
    async fill(count) {
      await admin`
        select outbound.enqueue_jobs(jsonb_agg(
          jsonb_build_object('queue', 'bench', 'type', 'noop', 'payload', jsonb_build_object('id', n))
        ))
        from generate_series(0, ${count - 1}::int) as n
        group by n / 10000`;
      await admin.unsafe("analyze outbound.job_queue");
    },
    drainSingly: (count) => work(10, count, { concurrency: 1, ahead: 0 }),
    drain: (count) => work(1, count, { concurrency: 24 }),
    async latencies(samples) {
      let started = () => {};
      const { team: [worker], end } = open(() => started(), 1, {});
      const stopping = new AbortController();
      const listener = await listenForJobs(database.url("job_worker"), "bench", worker!.wake, log);
      const working = worker!.run(stopping.signal);
      const times: number[] = [];
      for (let i = 0; i < samples; i++) {
        const start = performance.now();
        const handled = new Promise<void>((resolve) => (started = resolve));
        await sql`select outbound.enqueue_job('bench', 'noop', ${sql.json({ id: i })})`;
        await handled;
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      stopping.abort();
      await working;
      await listener.stop();
      await end();
      return times;
    },
    stop: () => Promise.resolve(),
  };
}
