import type { TestDatabase } from "../../tests/support/database.ts";
import { batch, drainBy, rateOf, type Side } from "./side.ts";

export interface Floor extends Side {
  /** Takes jobs away as it starts them: nothing is leased, nothing kept. */
  takeSingly(count: number): Promise<number>;
  take(count: number): Promise<number>;
  takeOne(): Promise<number>;
}

/** The smallest honest queue: one table, skip locked, a lease, through the same driver as ours. It keeps no done job. */
export async function createFloor(database: TestDatabase): Promise<Floor> {
  const admin = database.sql("postgres", { max: 1 });
  const sql = database.sql("postgres", { max: 10 });
  await admin.unsafe(`
    create table public.floor (
      id bigint generated always as identity primary key, kind text not null, payload jsonb not null,
      state text not null default 'ready', run_at timestamptz not null default now(), attempts integer not null default 0,
      locked_until timestamptz, worker text
    ) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02, fillfactor = 80);
    create index floor_ready on public.floor (run_at, id) where state = 'ready'`).simple();
  const claim = (most: number) =>
    sql<{ id: string }[]>`
      update public.floor
      set state = 'active', attempts = attempts + 1, locked_until = now() + interval '1 minute', worker = 'w'
      where id = any(array(
        select id from public.floor where state = 'ready' and run_at <= now()
        order by run_at, id limit ${most}::int for update skip locked
      ))
      returning id, kind, payload, attempts`;
  const finish = (ids: string) =>
    sql`delete from public.floor where id = any(${ids}::text::bigint[]) and state = 'active'`;
  const work = (most: number) => async () => {
    const jobs = await claim(most);
    if (jobs.length > 0) await finish(`{${jobs.map(({ id }) => id).join(",")}}`);
    return jobs.length;
  };
  const takeAway = (most: number) => async () => {
    const jobs = await sql`
      delete from public.floor
      where id = any(array(
        select id from public.floor where state = 'ready' and run_at <= now()
        order by run_at, id limit ${most}::int for update skip locked
      ))
      returning id, kind, payload`;
    return jobs.length;
  };
  return {
    async clear() {
      await admin.unsafe("truncate public.floor");
      await admin.unsafe("vacuum analyze public.floor");
    },
    enqueue: (writers, seconds) =>
      rateOf(writers, seconds, async () => {
        await sql`insert into public.floor (kind, payload) values ('noop', ${sql.json({ id: 1 })})`;
        return 1;
      }),
    enqueueMany: (seconds) =>
      rateOf(1, seconds, async () => {
        await sql`
          insert into public.floor (kind, payload)
          select 'noop', value from jsonb_array_elements(${JSON.stringify(batch)}::text::jsonb)`;
        return batch.length;
      }),
    async fill(count) {
      await admin`
        insert into public.floor (kind, payload)
        select 'noop', jsonb_build_object('id', n) from generate_series(1, ${count}::int) as n`;
      await admin.unsafe("analyze public.floor");
    },
    drainSingly: (count) => drainBy(10, count, work(1)),
    drain: (count) => drainBy(4, count, work(100)),
    takeSingly: (count) => drainBy(10, count, takeAway(1)),
    take: (count) => drainBy(4, count, takeAway(100)),
    takeOne: takeAway(1),
    async latencies(samples) {
      let wake = () => {};
      const listener = database.sql("postgres", { max: 1 });
      await listener.listen("floor", () => wake());
      const times: number[] = [];
      for (let i = 0; i < samples; i++) {
        const start = performance.now();
        const woken = new Promise<void>((resolve) => (wake = resolve));
        await sql`
          with job as (insert into public.floor (kind, payload) values ('noop', '{}') returning id)
          select pg_notify('floor', '') from job`;
        await woken;
        await takeAway(500)();
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      return times;
    },
    stop: () => Promise.resolve(),
  };
}
