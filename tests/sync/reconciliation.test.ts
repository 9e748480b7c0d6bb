import { beforeEach, expect, test } from "vitest";
import { clearOfMidnight } from "../support/midnight.ts";
import { client, daysAgo, openWorld, receive } from "./world.ts";

beforeEach(clearOfMidnight);

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

test("what webhooks did not bring is taken in from the list, once, whatever comes later", async () => {
  let now = hoursAgo(30);
  await using world = await openWorld({ clock: () => now });
  const { sql, workspace, work, start, list } = world;
  const people = Array.from({ length: 20 }, (_, n) => `lead${n}@lead.example`);
  const sent = people.map((email) => workspace.send({ campaign: 301, lead: { email } }));
  const replied = workspace.reply(sent[3]!.mail, { text: "Tell me more" });
  const interested = workspace.interested(replied.reply);
  await receive(sql, sent.slice(0, 5).flatMap(({ events }) => events));

  await start("events");
  expect(await work()).toMatchObject({ failed: 0, dead: 0 });
  expect(await list("events")).toMatchObject({ state: "idle", rows: 42, found: 32 });
  const state = async () => ({
    leads: (await sql`select email, emails_sent, replies, engaged from public.all_leads order by email`).map((row) => ({
      ...row,
    })),
    days: (await sql`select emails_sent::int from public.campaign_reporting_current`).map((row) => ({ ...row })),
    engaged: (await sql`select email from public.engaged_leads`).length,
  });
  const healed = await state();
  expect(healed.days).toEqual([{ emails_sent: 20 }]);
  expect(healed.engaged).toBe(1);

  // The webhooks come after all, and the next run finds nothing new.
  await receive(sql, [...sent.flatMap(({ events }) => events), ...replied.events, ...interested.events]);
  now = new Date();
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ found: 0 });
  expect(await state()).toEqual(healed);
  const notices = await sql`select client from integrations.notices where kind = 'events_recovered'`;
  expect(notices).toEqual([{ client }]);
});

test("events without an id are matched one to one with what came, and the missing ones are taken in", async () => {
  let now = hoursAgo(5);
  await using world = await openWorld({ clock: () => now });
  const { sql, workspace, work, start, list } = world;
  // A retry brought it hours later.
  await receive(sql, workspace.account(1, "disconnected").events);
  const on = workspace.tag("Warm", "SenderEmail", 1);
  now = hoursAgo(4);
  const off = workspace.tag("Warm", "SenderEmail", 1, false);
  now = hoursAgo(3);
  workspace.tag("Warm", "SenderEmail", 1);
  // Of two equal events one came.
  await receiveAt(sql, on.events, hoursAgo(5));
  await receiveAt(sql, off.events, hoursAgo(4));

  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ rows: 4, found: 1 });
  const tags = () => sql`select tags from public.inboxes where bison_inbox_id = 1`;
  expect(await tags()).toEqual([{ tags: ["Warm"] }]);
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ found: 0 });
});

test("a young event without an id is left to its webhook", async () => {
  await using world = await openWorld();
  const { workspace, work, start, list } = world;
  workspace.tag("Warm", "SenderEmail", 1);
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ rows: 1, found: 0 });
});

test("the next run reads only what is newer, with some overlap", async () => {
  let now = daysAgo(8);
  await using world = await openWorld({ clock: () => now });
  const { workspace, work, start, list } = world;
  for (let n = 0; n < 60; n++) workspace.send({ campaign: 301, lead: { email: `old${n}@lead.example` } });
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ pages: 8, found: 120 });
  now = new Date();
  for (let n = 0; n < 4; n++) workspace.send({ campaign: 301, lead: { email: `new${n}@lead.example` } });
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ pages: 1, found: 8 });
});

test("what happens while the list is read moves no page, and is found by the next run", async () => {
  let now = hoursAgo(2);
  await using world = await openWorld({ clock: () => now });
  const { sql, bison, workspace, work, start, list } = world;
  const send = (name: string, count: number) => {
    for (let n = 0; n < count; n++) workspace.send({ campaign: 301, lead: { email: `${name}${n}@lead.example` } });
  };
  send("early", 20);
  now = new Date();
  bison.changes.add({ path: "/api/events", after: 1, run: () => send("late", 20) });
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ rows: 40, found: 40 });
  await start("events");
  await work();
  expect(await list("events")).toMatchObject({ found: 40 });
  expect(await sql`select count(*)::int from public.all_leads where emails_sent = 1`).toEqual([{ count: 40 }]);
});

type Sql = Parameters<typeof receive>[0];

/** As receive, but in an earlier five minutes: such an event's key says when it came. */
async function receiveAt(sql: Sql, events: { payload: unknown }[], at: Date): Promise<void> {
  const before = Date.now;
  Date.now = () => at.getTime();
  await receive(sql, events).finally(() => Date.now = before);
  await sql`update integrations.webhook_events set received_at = ${at} where event_type ~ '^TAG' and received_at > ${at}`;
}
