import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { bison, calendly, type Play } from "../order/orders.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { atOnce, clear, openSessions, untilWaiting } from "./sessions.ts";

let database: TestDatabase;
let open: Awaited<ReturnType<typeof openSessions>>;

beforeAll(async () => {
  database = await createDatabase();
  open = await openSessions(database, 20);
});
beforeEach(() => clear(open.sql));
afterAll(() => database.drop());

const sent = bison("EMAIL_SENT", { campaign_event: { created_at: "2026-03-02T14:00:00Z" } });

test.each([2, 20])("one delivery from %i connections at once has one effect", async (count) => {
  const { sql, receive } = open;
  const sessions = open.sessions.slice(0, count);

  const answers = await atOnce(sql, sessions, (session) => receive(session, sent));

  const outcomes = answers.map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual([...Array(count - 1).fill("duplicate"), "processed"]);
  expect(new Set(answers.map(({ event_id }) => event_id)).size).toBe(1);
  const [event] = await sql`select duplicate_count, status, conflicting_payload from integrations.webhook_inbox`;
  expect(event).toEqual({ duplicate_count: count - 1, status: "processed", conflicting_payload: null });
  const [effect] = await sql`
    select (select count(*)::integer from private.pending_events) as facts, l.emails_sent from public.all_leads l`;
  expect(effect).toEqual({ facts: 1, emails_sent: 1 });
});

test("a repetition waits for the first delivery and is a duplicate of it", async () => {
  const { sql, sessions: [first, second], receive } = open;

  await first!`begin`;
  await receive(first!, sent);
  const waiting = receive(second!, sent);
  await untilWaiting(sql, 1);
  await first!`commit`;
  expect((await waiting).outcome).toBe("duplicate");
});

test("a repetition takes over when the first delivery is undone", async () => {
  const { sql, sessions: [first, second], receive } = open;

  await first!`begin`;
  await receive(first!, sent);
  const waiting = receive(second!, sent);
  await untilWaiting(sql, 1);
  await first!`rollback`;
  expect((await waiting).outcome).toBe("processed");
  const [event] = await sql`select count(*)::integer as events, sum(duplicate_count)::integer as repeated
    from integrations.webhook_inbox`;
  expect(event).toEqual({ events: 1, repeated: 0 });
});

test("every type of delivery, twice at once, has one effect", async () => {
  const { sql, receive } = open;
  const sessions = open.sessions.slice(0, 2);
  const types: Play[] = [
    ...([
      "EMAIL_SENT",
      "EMAIL_OPENED",
      "LEAD_REPLIED",
      "LEAD_INTERESTED",
      "LEAD_UNSUBSCRIBED",
      "EMAIL_BOUNCED",
      "LEAD_FIRST_CONTACTED",
      "MANUAL_EMAIL_SENT",
      "UNTRACKED_REPLY_RECEIVED",
      "EMAIL_ACCOUNT_ADDED",
      "EMAIL_ACCOUNT_DISCONNECTED",
      "EMAIL_ACCOUNT_RECONNECTED",
      "EMAIL_ACCOUNT_REMOVED",
      "WARMUP_DISABLED_CAUSING_BOUNCES",
      "WARMUP_DISABLED_RECEIVING_BOUNCES",
      "TAG_ATTACHED",
      "TAG_REMOVED",
    ] as const).map((type, serial) => bison(type, {}, serial)),
    ...([
      "invitee.created",
      "invitee.canceled",
      "invitee_no_show.created",
      "invitee_no_show.deleted",
      "routing_form_submission.created",
      "event_type.created",
      "event_type.updated",
      "event_type.deleted",
    ] as const).map((type, serial) => calendly(type, "2026-03-05T10:00:00Z", {}, serial)),
  ];
  for (const play of types) {
    const answers = await atOnce(sql, sessions, (session) => receive(session, play));
    expect(answers.map(({ outcome }) => outcome).sort(), play.delivery.type).toEqual(["duplicate", "processed"]);
  }
  const [events] = await sql`
    select count(*)::integer as events, min(duplicate_count) as least, max(duplicate_count) as most
    from integrations.webhook_inbox`;
  expect(events).toEqual({ events: types.length, least: 1, most: 1 });
  expect(await sql`select * from private.recount_counters()`).toHaveLength(0);
});
