// The retry schedule, followed by a thousand deliveries through the real queue under a clock that is moved.

import { afterAll, beforeAll, expect, test } from "vitest";
import type postgres from "postgres";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { addClient, addWebhook } from "./agency.ts";

const minute = 60;
const hour = 3600;
const waits = [
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
const deliveries = 1_000;
/** Every tenth delivery is asked, at its first attempt, to wait so long. */
const askedFor = 1_234;

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  await sql.unsafe(`
    create table public.moved_clock (at timestamptz not null);
    insert into public.moved_clock values ('2026-03-02T12:00:00Z');
    create or replace function private.clock() returns timestamptz language sql stable set search_path = ''
    as 'select at from public.moved_clock';
    delete from outbound.job_limits;
    create table public.tries (
      job uuid, n integer, attempt integer, at timestamptz, status text, due timestamptz, outcome text
    );
    -- Everything that is due fails once, as a worker would have it.
    create function public.fail_what_is_due() returns integer language plpgsql as $$
    declare
      v_job record;
      v_verdict record;
      v_count integer := 0;
      v_n integer;
    begin
      for v_job in select * from outbound.claim_jobs('webhooks', 'test', 2000) loop
        v_n := (select (l.payload ->> 'n')::integer from shared.domain_event_logs l
          where l.id = (v_job.payload ->> 'event_id')::uuid);
        select * into v_verdict from outbound.record_delivery(
          (v_job.payload ->> 'endpoint_id')::uuid, (v_job.payload ->> 'event_id')::uuid, v_job.attempt,
          v_job.max_attempts, 503, 'no', 5, 'It answered 503.',
          case when v_n % 10 = 0 and v_job.attempt = 1 then ${askedFor} end
        );
        perform outbound.fail_job(
          v_job.id, v_job.attempt, 'It answered 503.', make_interval(secs => v_verdict.retry_in),
          v_verdict.outcome <> 'retry'
        );
        insert into public.tries
        select q.id, v_n, v_job.attempt, private.clock(), q.status, q.scheduled_at, v_verdict.outcome
        from outbound.job_queue q
        where q.id = v_job.id;
        v_count := v_count + 1;
      end loop;
      return v_count;
    end
    $$;
  `).simple();
  await addClient(sql);
  await addWebhook(sql, "https://hooks.example.com/");
  await sql`
    select private.emit_event(
      'contact.created', 'Acme', 'contact', gen_random_uuid(), jsonb_build_object('n', n)
    )
    from generate_series(1, ${deliveries}) as n`;
  await sql`select private.relay_outbox_tick()`;
});
afterAll(() => database.drop());

test("each delivery is tried ten times, at the written times and within the jitter", async () => {
  for (let round = 0; round < 10; round++) {
    const [failed] = await sql`select public.fail_what_is_due() as count`;
    expect(failed!.count).toBe(deliveries);
    // Nothing is due a moment before it is.
    await sql`
      update public.moved_clock
      set at = coalesce(
        (select min(q.scheduled_at) - interval '1 millisecond' from outbound.job_queue q where q.status = 'delayed'), at
      )`;
    const [early] = await sql`select public.fail_what_is_due() as count`;
    expect(early!.count).toBe(0);
    await sql`
      update public.moved_clock
      set at = coalesce((select max(q.scheduled_at) from outbound.job_queue q where q.status = 'delayed'), at)`;
  }

  const tries = await sql`
    select n, attempt, status, outcome, extract(epoch from due - at)::float as wait
    from public.tries
    order by attempt, n`;
  expect(tries.length).toBe(10 * deliveries);
  const bad = tries.filter(({ n, attempt, status, outcome, wait }) => {
    if (attempt === 10) return status !== "failed" || outcome !== "exhausted";
    if (status !== "delayed" || outcome !== "retry") return true;
    if (attempt === 1 && n % 10 === 0) return wait < askedFor || wait > 1.1 * askedFor;
    const written = waits[attempt - 1]!;
    return wait < written || wait > 1.1 * written;
  });
  expect(bad).toEqual([]);
});

test("the jitter spreads: no two percent of the bounds hold more than a tenth", async () => {
  const [spread] = await sql`
    with place as (
      select width_bucket(extract(epoch from due - at), 86400, 1.1 * 86400, 50) as bucket
      from public.tries
      where attempt = 9
    )
    select count(distinct bucket)::integer as buckets,
      (select max(c)::integer from (select count(*) as c from place group by bucket) as t) as fullest
    from place`;
  expect(spread!.buckets).toBeGreaterThan(45);
  expect(spread!.fullest).toBeLessThan(deliveries / 10);
});

test("what is exhausted is dead in the queue, with the reason, and the endpoint is still on", async () => {
  expect(await sql`select status, last_error, count(*)::integer from outbound.job_queue group by 1, 2`).toEqual([
    { status: "failed", last_error: "It answered 503.", count: deliveries },
  ]);
  const [endpoint] = await sql`select active, failure_count from outbound.webhooks`;
  expect(endpoint).toEqual({ active: true, failure_count: 10 * deliveries });
});
