import { Logger, makeWorkerUtils, run, runMigrations } from "graphile-worker";
import type { TestDatabase } from "../../tests/support/database.ts";
import { batch, rateOf, type Side } from "./side.ts";

const logger = new Logger(() => () => {});

/** graphile-worker through its own functions. Fast drain: local queue and batched completion, as its docs advise. */
export async function createGraphile(database: TestDatabase): Promise<Side> {
  const connectionString = database.url();
  await runMigrations({ connectionString, logger });
  const utils = await makeWorkerUtils({ connectionString, maxPoolSize: 10, logger });
  const admin = database.sql("postgres", { max: 1 });

  async function drain(count: number, settings: Record<string, unknown>): Promise<number> {
    let done = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const start = performance.now();
    const runner = await run({
      preset: { worker: { connectionString, logger, pollInterval: 2000, ...settings } },
      noHandleSignals: true,
      taskList: { noop: () => void (++done === count && finish()) },
    });
    await finished;
    const time = performance.now() - start;
    await runner.stop();
    return count / time * 1000;
  }

  return {
    async clear() {
      await admin.unsafe("truncate graphile_worker._private_jobs");
      await admin.unsafe("vacuum analyze graphile_worker._private_jobs");
    },
    enqueue: (writers, seconds) =>
      rateOf(writers, seconds, async () => {
        await utils.addJob("noop", { id: 1 });
        return 1;
      }),
    enqueueMany: (seconds) =>
      rateOf(1, seconds, async () => {
        await utils.addJobs(batch.map((payload) => ({ identifier: "noop", payload })));
        return batch.length;
      }),
    async fill(count) {
      await admin`
        select count(*) from graphile_worker.add_jobs((
          select array_agg(
            row('noop', json_build_object('id', i), null, null, null, null, null, null)::graphile_worker.job_spec
          )
          from generate_series(1, ${count}::int) as i
        ))`;
      await admin.unsafe("analyze graphile_worker._private_jobs");
    },
    drainSingly: (count) => drain(count, { concurrentJobs: 10, maxPoolSize: 11 }),
    drain: (count) =>
      drain(count, {
        concurrentJobs: 24,
        maxPoolSize: 25,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      }),
    async latencies(samples) {
      let started = () => {};
      const runner = await run({
        preset: { worker: { connectionString, logger, pollInterval: 2000, concurrentJobs: 1, maxPoolSize: 10 } },
        noHandleSignals: true,
        taskList: { noop: () => started() },
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const times: number[] = [];
      for (let i = 0; i < samples; i++) {
        const start = performance.now();
        const handled = new Promise<void>((resolve) => (started = resolve));
        await utils.addJob("noop", { id: i });
        await handled;
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await runner.stop();
      return times;
    },
    stop: async () => await utils.release(),
  };
}
