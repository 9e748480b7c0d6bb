import { afterAll, beforeAll, expect, test } from "vitest";
import { bison, client } from "../order/orders.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { atOnce, clear, openSessions, statuses, untilWaiting } from "./sessions.ts";

let database: TestDatabase;
let open: Awaited<ReturnType<typeof openSessions>>;

beforeAll(async () => {
  database = await createDatabase();
  open = await openSessions(database, 1);
});
afterAll(() => database.drop());

const sent = (n: number) => bison("EMAIL_SENT", { campaign_event: { created_at: "2026-03-02T14:00:00Z" } }, n);

/** Deliveries that failed and are due, as their handler could not write for a while. */
async function failEvents(count: number) {
  await clear(open.sql);
  await open.sql`alter table public.all_leads rename to all_leads_away`;
  for (let n = 0; n < count; n++) await open.receive(open.sessions[0]!, sent(n));
  await open.sql`alter table public.all_leads_away rename to all_leads`;
  expect(await statuses(open.sql)).toEqual({ failed: count });
  await open.sql`update integrations.webhook_events set next_attempt_at = now()`;
  return open;
}

test("two retriers at once handle every event once", async () => {
  const { sql } = await failEvents(60);
  const workers = database.sql("postgres", { max: 2 });
  const sessions = await Promise.all([workers.reserve(), workers.reserve()]);

  const answers = await atOnce(sql, sessions, async (session) => {
    const [answer] = await session`select * from integrations.retry_failed_webhooks()`;
    return answer!;
  });

  expect(answers.reduce((sum, { processed }) => sum + processed, 0)).toBe(60);
  expect(await statuses(sql)).toEqual({ processed: 60 });
  const [facts] = await sql`select count(*)::integer as facts, count(distinct event_id)::integer as events
    from private.pending_events`;
  expect(facts).toEqual({ facts: 60, events: 60 });
});

test("a repetition that arrives while its event is retried waits, and is a duplicate", async () => {
  const { sql, sessions, receive } = await failEvents(1);
  const retrier = await database.sql("postgres", { max: 1 }).reserve();

  await retrier`begin`;
  await retrier`select * from integrations.retry_failed_webhooks()`;
  const waiting = receive(sessions[0]!, sent(0));
  await untilWaiting(sql, 1);
  await retrier`commit`;

  expect((await waiting).outcome).toBe("duplicate");
  const [event] = await sql`select status, attempts, duplicate_count from integrations.webhook_inbox`;
  expect(event).toEqual({ status: "processed", attempts: 2, duplicate_count: 1 });
  expect(await sql`select emails_sent from public.all_leads`).toEqual([{ emails_sent: 1 }]);
});

test("a retrier passes over an event that somebody else holds", async () => {
  const { sql } = await failEvents(3);
  const person = await database.sql("postgres", { max: 1 }).reserve();

  await person`begin`;
  const [held] = await person`select id from integrations.webhook_events order by id limit 1 for update`;
  const [answer] = await sql`select processed, failed from integrations.retry_failed_webhooks()`;
  await person`select integrations.replay_webhook(${held!.id})`;
  await person`commit`;

  expect(answer).toEqual({ processed: 2, failed: 0 });
  expect(await statuses(sql)).toEqual({ processed: 3 });
  expect(await sql`select count(*)::integer as facts from private.pending_events`).toEqual([{ facts: 3 }]);
});

test("a person and the retrier at once handle an event once", async () => {
  const { sql } = await failEvents(1);
  const retrier = await database.sql("postgres", { max: 1 }).reserve();

  await retrier`begin`;
  await retrier`select * from integrations.retry_failed_webhooks()`;
  const replay = sql`select integrations.replay_webhook((select min(id) from integrations.webhook_events))`
    .then(() => "replayed", ({ code }) => code);
  await untilWaiting(sql, 1);
  await retrier`commit`;

  expect(await replay).toBe("MR003");
  expect(await sql`select count(*)::integer as facts from private.pending_events`).toEqual([{ facts: 1 }]);
});

test("a batch that does not get a lock gives up soon, stores nothing and can be stored one by one", async () => {
  const { sql, sessions: [session], receiveBatch } = open;
  await clear(sql);
  const other = await database.sql("postgres", { max: 1 }).reserve();
  await other`begin`;
  await other`select private.lock_person(${client}, 'casey.morgan.1@fabrikam.example')`;

  const deliveries = [0, 1, 2].map((n) => ({
    endpoint_id: 1,
    delivery_key: `key ${n}`,
    event_type: "EMAIL_SENT",
    payload: JSON.parse(sent(n).delivery.payload),
  }));
  const refused = await session!`select integrations.receive_webhooks(${JSON.stringify(deliveries)}::text::jsonb)`
    .then(() => "stored", ({ code }) => code);
  expect(refused).toBe("MR003");
  const [patience] = await sql`
    select o.option_value::interval < current_setting('deadlock_timeout')::interval as is_short
    from pg_proc p, pg_options_to_table(p.proconfig) o
    where p.oid = 'integrations.receive_webhooks'::regproc and o.option_name = 'lock_timeout'`;
  expect(patience).toEqual({ is_short: true });
  expect(await statuses(sql)).toEqual({});

  const storing = receiveBatch(session!, [0, 1, 2].map(sent));
  await untilWaiting(sql, 1);
  await other`commit`;
  expect((await storing).map(({ outcome }) => outcome)).toEqual(["processed", "processed", "processed"]);
});
