import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { at, bison, booked, canceled, markedInterested, type Play, received } from "../order/orders.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { atOnce, clear, openSessions, statuses } from "./sessions.ts";

let database: TestDatabase;
let open: Awaited<ReturnType<typeof openSessions>>;

beforeAll(async () => {
  database = await createDatabase();
  open = await openSessions(database, 6);
});
beforeEach(() => clear(open.sql));
afterAll(() => database.drop());

/** Rounds of the same race, each about another person. */
async function race(rounds: number, events: (round: number) => Play[]) {
  const count = events(0).length;
  const { sql, receive } = open;
  const sessions = open.sessions.slice(0, count);
  for (let round = 0; round < rounds; round++) {
    const plays = events(round);
    const answers = await atOnce(sql, sessions, (session, n) => receive(session, plays[n]!));
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(count).fill("processed"));
  }
  expect(await statuses(sql)).toEqual({ processed: rounds * count });
  expect(await sql`select * from private.recount_counters()`).toHaveLength(0);
}

test("a reply and its interest at once are one reply of an engaged lead", async () => {
  await race(20, (n) => [
    bison("LEAD_REPLIED", received(n + 1, "2026-03-03T09:00:00Z"), n),
    bison("LEAD_INTERESTED", markedInterested(n + 1, "2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z"), n),
  ]);
  const [found] = await open.sql`
    select
      (select count(*)::integer from public.replies where interested) as replies,
      (select count(*)::integer from public.engaged_leads) as engaged,
      (select count(*)::integer from public.crm_contacts where status = 'hot') as contacts,
      (select count(*)::integer from public.all_leads where replies = 1 and engaged) as leads`;
  expect(found).toEqual({ replies: 20, engaged: 20, contacts: 20, leads: 20 });
});

test("the first events of a person, a campaign and an inbox at once do not stand in each other's way", async () => {
  await race(15, (n) => {
    const fresh = { campaign: { id: 500 + n, name: `Campaign of ${n}` }, sender_email: { id: 500 + n } };
    return [
      bison("EMAIL_SENT", { ...fresh, ...at("2026-03-02T14:00:00Z") }, n),
      bison("LEAD_FIRST_CONTACTED", { ...fresh, ...at("2026-03-02T14:00:00Z") }, n),
      bison("EMAIL_OPENED", { ...fresh, ...at("2026-03-02T15:00:00Z") }, n),
      bison("LEAD_REPLIED", { ...fresh, ...received(n + 1, "2026-03-03T09:00:00Z") }, n),
      bison("LEAD_UNSUBSCRIBED", { ...fresh, ...at("2026-03-04T14:00:00Z") }, n),
      bison("EMAIL_BOUNCED", { ...fresh, ...received(1000 + n, "2026-03-05T09:00:00Z") }, n),
    ];
  });
  const [found] = await open.sql`
    select
      (select count(*)::integer from public.all_leads where emails_sent + opens + replies + bounces = 4) as leads,
      (select count(*)::integer from public."Campaigns" where campaign_id::integer >= 500) as campaigns,
      (select count(*)::integer from public.inboxes) as inboxes`;
  expect(found).toEqual({ leads: 15, campaigns: 15, inboxes: 15 });
});

test("a booking and its cancellation at once end canceled", async () => {
  await race(15, (n) => {
    const email = `lead${n}@fabrikam.example`;
    return [
      booked(`b${n}`, "2026-03-05T10:00:00Z", { email }),
      canceled(`b${n}`, "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z", { email }),
    ];
  });
  expect(await open.sql`select status, count(*)::integer from public.meetings_booked group by 1`)
    .toEqual([{ status: "canceled", count: 15 }]);
});

test("bookings that move between two addresses at once end with the last", async () => {
  await race(15, (n) => {
    const [a, b] = [`a${n}@fabrikam.example`, `b${n}@fabrikam.example`];
    return [
      booked(`1-${n}`, "2026-03-05T10:00:00Z", { email: a }),
      canceled(`1-${n}`, "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z", { email: a, movedTo: `2-${n}` }),
      booked(`2-${n}`, "2026-03-06T10:00:00Z", { email: b, movedFrom: `1-${n}` }),
      canceled(`2-${n}`, "2026-03-06T10:00:00Z", "2026-03-07T10:00:00Z", {
        email: b,
        movedFrom: `1-${n}`,
        movedTo: `3-${n}`,
      }),
      booked(`3-${n}`, "2026-03-07T10:00:00Z", { email: a, movedFrom: `2-${n}` }),
    ];
  });
  expect(
    await open.sql`
    select left(email, 1) as person, status, reschedule_count, count(*)::integer
    from public.meetings_booked group by 1, 2, 3 order by 1`,
  ).toEqual([
    { person: "a", status: "booked", reschedule_count: 2, count: 15 },
    { person: "b", status: "canceled", reschedule_count: 1, count: 15 },
  ]);
});

test("a bounce that comes as three events at once is one", async () => {
  await race(15, (n) => {
    const mail = received(n + 1, "2026-03-05T09:00:00Z");
    const bounce = { ...mail, reply: { ...mail.reply, type: "Bounced" } };
    return [
      bison("EMAIL_BOUNCED", bounce, n),
      bison("UNTRACKED_REPLY_RECEIVED", bounce, n),
      bison("LEAD_REPLIED", bounce, n),
    ];
  });
  const [found] = await open.sql`
    select
      (select count(*)::integer from public.bounces where campaign_id is not null) as bounces,
      (select sum(bounces)::integer from public.all_leads) as leads,
      (select sum(bounced)::integer from public.campaign_reporting_current) as campaigns,
      (select sum(bounced_count)::integer from public.inboxes_current) as inboxes`;
  expect(found).toEqual({ bounces: 15, leads: 15, campaigns: 15, inboxes: 15 });
});
