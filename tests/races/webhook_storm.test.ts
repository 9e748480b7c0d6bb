import { expect, test } from "vitest";
import { differences, play, random, setUp, shuffled, type State } from "../order/orders.ts";
import { workingDay } from "../order/working_day.ts";
import { createDatabase } from "../support/database.ts";
import { writeOpposed } from "./opposed.ts";
import { openSessions, statuses } from "./sessions.ts";

test("a working day over eight connections ends as it does in order, and nobody sees a deadlock", async () => {
  const day = workingDay(60, 7);
  await using inOrder = await createDatabase();
  await setUp(inOrder.sql());
  const expected = await play(inOrder.sql("postgres", { max: 1 }), day);

  await using database = await createDatabase();
  const { sql, sessions, receive } = await openSessions(database, 8);
  const next = random(9);
  const queue = shuffled([...day, ...day.filter(() => next() < 0.2)], next);
  let receiving = true;
  const ticks = (async () => {
    while (receiving) {
      await sql`select private.fold_all_counters()`;
      await sql`select * from integrations.retry_failed_webhooks()`;
      await sql`select private.refresh_step_stats('2026-03-01')`;
    }
  })();
  const outcomes = new Set<string>();
  await Promise.all(sessions.map(async (session) => {
    for (let event = queue.pop(); event; event = queue.pop()) outcomes.add((await receive(session, event)).outcome);
  }));
  receiving = false;
  await ticks;

  expect(outcomes).toEqual(new Set(["processed", "duplicate"]));
  expect(await statuses(sql)).toEqual({ processed: day.length });
  const [ended] = await sql<State[]>`select orders.state() as tables, orders.complaint() as complaint`;
  expect(ended!.complaint).toBeNull();
  expect(differences(expected, ended!)).toEqual([]);
});

test("a working day in batches, beside single deliveries, ends as it does in order", async () => {
  const day = workingDay(60, 13);
  await using inOrder = await createDatabase();
  await setUp(inOrder.sql());
  const expected = await play(inOrder.sql("postgres", { max: 1 }), day);

  await using database = await createDatabase();
  const { sql, sessions, receive, receiveBatch } = await openSessions(database, 4);
  const next = random(14);
  const queue = shuffled([...day, ...day.filter(() => next() < 0.2)], next);
  const outcomes = new Set<string>();
  await Promise.all(sessions.map(async (session, number) => {
    while (queue.length) {
      const batch = queue.splice(0, number ? 1 + Math.floor(next() * 24) : 1);
      const answers = number ? await receiveBatch(session, batch) : [await receive(session, batch[0]!)];
      for (const { outcome } of answers) outcomes.add(outcome);
    }
  }));

  expect(outcomes).toEqual(new Set(["processed", "duplicate"]));
  expect(await statuses(sql)).toEqual({ processed: day.length });
  const [ended] = await sql<State[]>`select orders.state() as tables, orders.complaint() as complaint`;
  expect(ended!.complaint).toBeNull();
  expect(differences(expected, ended!)).toEqual([]);
});

test("events that fail and are tried again, amid the others, end in the same state", async () => {
  const day = workingDay(40, 11);
  await using inOrder = await createDatabase();
  await setUp(inOrder.sql());
  const expected = await play(inOrder.sql("postgres", { max: 1 }), day);

  await using database = await createDatabase();
  const { sql, sessions, receive } = await openSessions(database, 8);
  await sql.unsafe(`
    create sequence orders.writes;
    create function orders.fail_now_and_then() returns trigger language plpgsql as $$
    begin
      if nextval('orders.writes') % 5 = 0 then
        raise exception 'the disk is full';
      end if;
      return null;
    end $$;
    create trigger fail after insert or update on public.all_leads
    for each row execute function orders.fail_now_and_then();
  `).simple();
  const queue = shuffled(day, random(12));
  let left = sessions.length;
  const retrier = (async () => {
    while (left || (await statuses(sql)).failed) {
      await sql`update integrations.webhook_events set next_attempt_at = now(), attempts = 1 where status = 'failed'`;
      // One event a transaction: the locks of many people held at once would deadlock with their next deliveries.
      while ((await sql`select has_more from integrations.retry_failed_webhooks(1)`)[0]!.has_more);
    }
  })();
  const outcomes: string[] = [];
  await Promise.all(sessions.map(async (session) => {
    for (let event = queue.pop(); event; event = queue.pop()) outcomes.push((await receive(session, event)).outcome);
    left--;
  }));
  await retrier;

  expect(outcomes.filter((outcome) => outcome === "failed").length).toBeGreaterThan(20);
  expect(await statuses(sql)).toEqual({ processed: day.length });
  const [ended] = await sql<State[]>`select orders.state() as tables, orders.complaint() as complaint`;
  expect(ended!.complaint).toBeNull();
  expect(differences(expected, ended!)).toEqual([]);
});

test("opposed writers never deadlock", async () => {
  await using database = await createDatabase();
  const { wrong, differences } = await writeOpposed(database, (received) => received >= 1000);
  expect(wrong).toEqual([]);
  expect(differences).toBe(0);
});
