// Eight writers, some of them slow, and relays that are killed: every event is published, once, in an order in which
// nobody hears of an effect before its cause.

import { afterEach, beforeEach, expect, test } from "vitest";
import type postgres from "postgres";
import { type Child, startChild } from "../faults/child.ts";
import { seeded } from "../functions/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { addClient, addWebhook } from "./agency.ts";

let database: TestDatabase;
let sql: postgres.Sql;
const things = Array.from({ length: 5 }, () => crypto.randomUUID());

beforeEach(async () => {
  database = await createDatabase();
  sql = database.sql();
  await addClient(sql);
  await addWebhook(sql, "https://hooks.example.com/");
  await sql`create table public.things (id uuid primary key, n integer not null default 0)`;
  await sql`insert into public.things (id) select unnest(${things}::uuid[])`;
});
afterEach(() => database.drop());

/** Changes a thing and tells it; who changes it next has seen this change. */
async function change(session: postgres.TransactionSql, thing: string): Promise<void> {
  await session`
    with changed as (update public.things set n = n + 1 where id = ${thing} returning n)
    select private.emit_event('contact.updated', 'Acme', 'contact', ${thing}, jsonb_build_object('n', n))
    from changed`;
}

/** 120 transactions of one to four events, and slowly more until it is enough; every tenth stays open for a while after its first. */
async function write(session: postgres.Sql, writer: number, isEnough: () => boolean): Promise<number> {
  const random = seeded(writer);
  let events = 0;
  for (let i = 0; i < 120 || !isEnough(); i++) {
    const slow = i % 10 === writer || i >= 120;
    await session.begin(async (transaction) => {
      await transaction`
        select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{"lone": true}')`;
      if (slow) await new Promise((resolve) => setTimeout(resolve, 60));
      // One thing a transaction, so that writers wait for each other and never deadlock.
      const thing = things[Math.floor(random() * things.length)]!;
      for (let n = random() * 3; n > 0; n--) {
        await change(transaction, thing);
        events++;
      }
    });
    events++;
  }
  return events;
}

/** A relay that was killed may still hold the lock for a moment, so that there is nothing to do for others. */
async function untilPublished(): Promise<void> {
  for (;;) {
    await sql`select private.relay_outbox_tick()`;
    const [left] = await sql`
      select exists (select from shared.outbox_events where status = 'pending')
        or exists (select from private.event_batches) as more`;
    if (!left!.more) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Of each thing the numbers in the order in which its changes were published, or came up as jobs. */
async function orders(from: "log" | "jobs"): Promise<number[][]> {
  const rows = from === "log"
    ? await sql`
      select aggregate_id as thing, (payload ->> 'n')::integer as n
      from shared.domain_event_logs
      where payload ? 'n'
      order by sequence`
    : await sql`
      select l.aggregate_id as thing, (l.payload ->> 'n')::integer as n
      from outbound.job_queue q
      join shared.domain_event_logs l on l.id = (q.payload ->> 'event_id')::uuid
      where l.payload ? 'n'
      order by q.turn`;
  return things.map((thing) => rows.filter((row) => row.thing === thing).map(({ n }) => n));
}

test("nothing is skipped or told twice, whoever is slow and whatever is killed", async () => {
  const writers = database.sql("postgres", { max: 8 });
  const relays: Child[] = [];
  const startRelay = async () => {
    relays.push(await startChild("tests/events/relay.ts", { DATABASE_URL: database.url("job_worker") }));
  };
  await Promise.all([startRelay(), startRelay()]);
  let isWriting = true;
  let kills = 0;
  const killing = (async () => {
    for (; isWriting; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      if (kills % 2) {
        await sql`
          select pg_terminate_backend(pid)
          from pg_stat_activity
          where datname = current_database() and usename = 'job_worker' and state = 'active'`;
      }
      const victim = relays.shift()!;
      victim.kill();
      await victim.gone;
      await startRelay();
    }
  })();
  const written = await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writers, writer, () => kills > 3)));
  isWriting = false;
  await killing;
  for (const relay of relays) relay.kill();
  await Promise.all(relays.map(({ gone }) => gone));
  await untilPublished();

  const events = written.reduce((sum, count) => sum + count, 0);
  const [counted] = await sql`
    select
      (select count(*)::integer from shared.outbox_events where status = 'processed') as processed,
      (select count(*)::integer from shared.domain_event_logs) as logged,
      (select count(*)::integer from outbound.job_queue) as jobs,
      (select count(distinct payload ->> 'event_id')::integer from outbound.job_queue) as delivered,
      (select count(*)::integer from shared.processed_events where consumer_name = 'webhooks') as marks`;
  expect(kills).toBeGreaterThan(3);
  expect(counted).toEqual({ processed: events, logged: events, jobs: events, delivered: events, marks: events });

  const changes = await sql`select n from public.things order by array_position(${things}::uuid[], id)`;
  const expected = changes.map(({ n }) => Array.from({ length: n }, (_, i) => i + 1));
  expect(await orders("log")).toEqual(expected);
  expect(await orders("jobs")).toEqual(expected);
});

test("a transaction that started first and commits last is published last, and holds up nobody", async () => {
  const slow = await database.sql("postgres", { max: 1 }).reserve();
  await slow`begin`;
  await slow`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{"who": "slow"}')`;
  await sql`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{"who": "quick"}')`;
  const told = () => sql`select payload ->> 'who' as who from shared.domain_event_logs order by sequence`;

  await sql`select shared.relay_outbox()`;
  expect(await told()).toEqual([{ who: "quick" }]);
  await slow`commit`;
  await sql`select shared.relay_outbox()`;

  expect(await told()).toEqual([{ who: "quick" }, { who: "slow" }]);
  const [first] = await sql`select event_data ->> 'who' as who from shared.outbox_events order by position limit 1`;
  expect(first!.who).toBe("slow");
});

test("a second relay has nothing to do while one works", async () => {
  await sql`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{}')`;
  const [one, other] = await Promise.all([1, 2].map(() => database.sql("job_worker", { max: 1 }).reserve()));
  await one!`begin`;
  expect(await one!`select * from shared.relay_outbox()`).toMatchObject([{ published: 1 }]);
  expect(await other!`select * from shared.relay_outbox()`).toEqual([{ published: 0, failed: 0, has_more: false }]);
  await one!`rollback`;
  expect(await other!`select * from shared.relay_outbox()`).toMatchObject([{ published: 1 }]);
});

test("a bulk's events are written by the relay: all of them, also when it dies on the way", async () => {
  await sql`
    insert into public.crm_contacts (client, email)
    select 'Acme', 'person' || i || '@fabrikam.test' from generate_series(1, 2000) as i`;
  const [before] = await sql`select count(*)::integer as events from shared.outbox_events`;
  expect(before!.events).toBe(0);

  const relay = await database.sql("postgres", { max: 1 }).reserve();
  await relay`begin`;
  await relay`select private.relay_outbox_tick(2)`;
  await relay`rollback`;
  const relays = await Promise.all(
    [1, 2].map(() => startChild("tests/events/relay.ts", { DATABASE_URL: database.url("job_worker") })),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const child of relays) child.kill();
  await Promise.all(relays.map(({ gone }) => gone));
  await untilPublished();
  const told = await sql`
    select count(*)::integer as events, count(distinct aggregate_id)::integer as contacts
    from shared.domain_event_logs
    where event_type = 'contact.created'`;
  expect(told).toEqual([{ events: 2000, contacts: 2000 }]);
});

/** The sessions of relays that were killed may hold their locks for a moment: nobody would be woken. */
async function untilNobodyRelays(): Promise<void> {
  await expect.poll(async () => {
    const [{ count }] = await sql<[{ count: number }]>`
      select count(*)::integer as count
      from pg_locks l
      join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and d.datname = current_database()`;
    return count;
  }).toBe(0);
}

test("a listener is woken by the first event, and once by a transaction", async () => {
  await untilNobodyRelays();
  const listener = database.sql("postgres", { max: 1 });
  const heard: string[] = [];
  await listener.listen("outbox_events", (payload) => heard.push(payload));
  await sql.begin(async (transaction) => {
    for (let i = 0; i < 10; i++) {
      await transaction`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{}')`;
    }
  });
  await expect.poll(() => heard).toEqual([""]);
});

test("while one transaction is about to wake the relay, others leave it to that", async () => {
  await untilNobodyRelays();
  const first = await database.sql("postgres", { max: 1 }).reserve();
  await first`begin`;
  await first`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{}')`;
  const listener = database.sql("postgres", { max: 1 });
  const heard: string[] = [];
  await listener.listen("outbox_events", (payload) => heard.push(payload));
  await sql`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{}')`;
  await first`commit`;
  await expect.poll(() => heard.length).toBe(1);
});
