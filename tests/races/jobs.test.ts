import type postgres from "postgres";
import { expect, test } from "vitest";
import { random } from "../order/orders.ts";
import { createDatabase } from "../support/database.ts";
import { atOnce } from "./sessions.ts";

interface Claimed {
  id: string;
  attempt: number;
}

const claim = (session: postgres.Sql, most: number) =>
  session<Claimed[]>`select id, attempt from outbound.claim_jobs('race', 'w', ${most})`;

async function complete(session: postgres.Sql, jobs: Claimed[]): Promise<string[]> {
  const [row] = await session<[{ lost: string[] }]>`
    select outbound.complete_jobs(
      ${`{${jobs.map(({ id }) => id)}}`}::text::uuid[], ${`{${jobs.map(({ attempt }) => attempt)}}`}::text::int[]
    ) as lost`;
  return row.lost;
}

test("eight workers claim each of 8,000 jobs once, while two of them hand jobs back and others enqueue more", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await sql`select outbound.enqueue_job('race', 'n', p_priority => n % 3) from generate_series(1, 6000) as n`;
  const pool = database.sql("job_worker", { max: 9 });
  const sessions = await Promise.all(Array.from({ length: 9 }, () => pool.reserve()));
  let completed = 0, handedBack = 0;

  const answers = await atOnce(sql, sessions, async (session, number) => {
    if (number === 8) {
      for (let i = 0; i < 200; i++) {
        await session`select outbound.enqueue_job('race', 'n', p_priority => ${i % 3}) from generate_series(1, 10)`;
      }
      return [];
    }
    const mine: string[] = [];
    const next = random(number);
    while (completed < 8_000) {
      const jobs = await claim(session, 1 + number * 7);
      if (jobs.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      if (number < 2 && next() < 0.2) {
        handedBack += jobs.length;
        await session`
        select outbound.hand_back_jobs(
          ${`{${jobs.map(({ id }) => id)}}`}::text::uuid[], ${`{${jobs.map(({ attempt }) => attempt)}}`}::text::int[]
        )`;
        continue;
      }
      expect(await complete(session, jobs)).toEqual([]);
      completed += jobs.length;
      mine.push(...jobs.map(({ id }) => id));
    }
    return mine;
  });

  const all = answers.flat();
  expect(new Set(all).size).toBe(8_000);
  expect(completed).toBe(8_000);
  const [row] = await sql`
    select count(*) filter (where status = 'completed')::int as completed, sum(attempts)::int as attempts,
      sum(forgiven_attempts)::int as forgiven
    from outbound.job_queue`;
  expect(row).toEqual({ completed: 8_000, attempts: 8_000 + handedBack, forgiven: handedBack });
});

test("a job of a slow transaction is found, however many later ones were done before it committed", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  const worker = database.sql("job_worker", { max: 1 });
  await sql.begin(async (slow) => {
    await slow`select outbound.enqueue_job('race', 'slow')`;
    for (let round = 0; round < 8; round++) {
      await sql`select outbound.enqueue_job('race', 'quick') from generate_series(1, 50)`;
      const jobs = await claim(worker, 100);
      expect(jobs).toHaveLength(50);
      await complete(worker, jobs);
      await sql`select private.draw_job_map(m) from private.job_maps m order by m.version desc limit 1`;
    }
    // The map has not moved beyond the turn of the one who has not committed.
    const [map] = await sql`
      select l.new_from <= (select min(turn) from outbound.job_queue) as waits
      from private.job_maps as m, unnest(m.lanes) as l
      where m.version = (select max(version) from private.job_maps) and l.queue_name = 'race' and l.priority = 0`;
    expect(map).toEqual({ waits: true });
  });
  expect(await claim(worker, 100)).toHaveLength(1);
});

test("claims step once over what is done and then no more, although an old transaction keeps all of it", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  const worker = database.sql("job_worker", { max: 1 });
  await sql.begin(async (old) => {
    await old`select txid_current()`;
    for (let round = 0; round < 10; round++) {
      await sql`select outbound.enqueue_job('race', 'n') from generate_series(1, 1000)`;
      await complete(worker, await claim(worker, 1000));
    }
    await sql`select outbound.enqueue_job('race', 'n') from generate_series(1, 3)`;
    await sql`select private.draw_job_map(m) from private.job_maps m order by m.version desc limit 1`;
    await sql`select private.draw_job_map(m) from private.job_maps m order by m.version desc limit 1`;
    // Whether by the map or not so far: once more from the front.
    await worker`select set_config('millrace.jobs_at_front_until', 'infinity', false)`;
    await claim(worker, 1);
    const [{ before }] = await visited();
    await claim(worker, 1);
    const [{ before: after }] = await visited();
    expect(after - before).toBeLessThan(200);
  });

  async function visited(): Promise<[{ before: number }]> {
    for (const session of [worker, sql]) await session`select pg_stat_force_next_flush()`;
    await worker`select 1`;
    return await sql<[{ before: number }]>`
      select idx_tup_read::int as before from pg_stat_user_indexes where indexrelname = 'idx_job_queue_status'`;
  }
});

test("two sessions that enqueue under one key leave one job, and a limit is not exceeded by workers at once", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  const pool = database.sql("job_worker", { max: 8 });
  const sessions = await Promise.all(Array.from({ length: 8 }, () => pool.reserve()));
  await atOnce(sql, sessions, (session, n) =>
    session`
    select outbound.enqueue_job('race', 'n', to_jsonb(${n}::int), p_dedupe_key => 'one')`);
  expect((await sql`select count(*)::int as n from outbound.job_queue`)[0]!.n).toBe(1);

  await sql`insert into outbound.rate_limits (name, amount, per, burst) values ('shop', 1, '1 hour', 5)`;
  await sql`insert into outbound.job_limits values ('order', 'shop', null)`;
  await sql`select outbound.enqueue_job('race', 'order') from generate_series(1, 100)`;
  const claims = await atOnce(sql, sessions, async (session) => {
    let count = 0;
    for (let i = 0; i < 5; i++) count += (await claim(session, 3)).length;
    return count;
  });
  // The deduped one and five orders.
  expect(claims.reduce((a, b) => a + b)).toBe(6);
});
