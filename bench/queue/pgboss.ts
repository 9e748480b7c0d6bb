import { PgBoss } from "pg-boss";
import type { TestDatabase } from "../../tests/support/database.ts";
import { batch, drainBy, rateOf, type Side } from "./side.ts";

/** pg-boss through its own functions. Fast drain: fetch and complete in batches of 500. */
export async function createPgBoss(database: TestDatabase): Promise<Side> {
  const boss = new PgBoss(
    {
      connectionString: database.url(),
      max: 10,
      supervise: false,
      schedule: false,
      useListenNotify: true,
    } as ConstructorParameters<typeof PgBoss>[0],
  );
  boss.on("error", (error: Error) => console.error(`pg-boss: ${error.message}`));
  await boss.start();
  const admin = database.sql("postgres", { max: 1 });
  let queue = "";
  let number = 0;

  async function renew(options: Record<string, unknown> = {}): Promise<void> {
    if (queue) await boss.deleteQueue(queue);
    queue = `bench_${++number}`;
    await boss.createQueue(queue, options as Parameters<typeof boss.createQueue>[1]);
  }

  const work = (batchSize: number) => async () => {
    const jobs = await boss.fetch(queue, { batchSize });
    if (jobs.length > 0) await boss.complete(queue, jobs.map(({ id }) => id));
    return jobs.length;
  };

  return {
    async clear() {
      await renew();
      await admin.unsafe("vacuum analyze pgboss.job_common");
    },
    enqueue: (writers, seconds) =>
      rateOf(writers, seconds, async () => {
        await boss.send(queue, { id: 1 });
        return 1;
      }),
    enqueueMany: (seconds) =>
      rateOf(1, seconds, async () => {
        await boss.insert(queue, batch.map((data) => ({ data })));
        return batch.length;
      }),
    async fill(count) {
      for (let left = count; left > 0; left -= batch.length) {
        await boss.insert(queue, batch.slice(0, left).map((data) => ({ data })));
      }
      await admin.unsafe("vacuum analyze pgboss.job_common");
    },
    drainSingly: (count) => drainBy(10, count, work(1)),
    drain: (count) => drainBy(4, count, work(500)),
    async latencies(samples) {
      await renew({ notify: true });
      let started = () => {};
      await boss.work(queue, { pollingIntervalSeconds: 0.5 }, () => Promise.resolve(started()));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const times: number[] = [];
      for (let i = 0; i < samples; i++) {
        const start = performance.now();
        const handled = new Promise<void>((resolve) => (started = resolve));
        await boss.send(queue, { id: i });
        await handled;
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await boss.offWork(queue, { wait: true });
      return times;
    },
    stop: () => boss.stop({ graceful: false }),
  };
}
