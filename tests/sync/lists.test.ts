import { beforeEach, expect, test } from "vitest";
import { giveHistory } from "../../simulators/bison/mod.ts";
import { clearOfMidnight } from "../support/midnight.ts";
import { client, daysAgo, openWorld, receive } from "./world.ts";

beforeEach(clearOfMidnight);

test("a night reads campaigns, their leads and figures, inboxes with warm-up and tags, and replies", async () => {
  await using world = await openWorld();
  const { sql, workspace, work } = world;
  giveHistory(workspace, { campaigns: 2, days: 4, inboxes: 130, leads: 20 }, new Date(), 1000);
  const [started] = await sql`select integrations.start_bison_sync(${client}) as outcome`;
  expect(started!.outcome).toBe("started");
  expect(await work()).toMatchObject({ failed: 0, dead: 0 });

  expect(await sql`select state, count(*)::int from integrations.sync_cursors group by state`).toEqual([
    { state: "idle", count: 10 },
  ]);
  const campaigns = await sql`select campaign_id, campaign_name, status from public."Campaigns" order by campaign_id`;
  expect(campaigns.map(({ campaign_id }) => campaign_id)).toEqual(["1000", "1001", "301", "302"]);
  const [inboxes] = await sql`
    select count(*)::int, count(*) filter (where warmup_reputation >= 90)::int as warm,
      count(*) filter (where tags = '["Warm"]')::int as tagged
    from public.inboxes`;
  expect(inboxes).toEqual({ count: 133, warm: 133, tagged: 44 });
  expect(await sql`select name, inbox_count from public.inbox_tags order by name`).toEqual([
    { name: "Google", inbox_count: 0 },
    { name: "Warm", inbox_count: 44 },
  ]);
  const [leads] = await sql`
    select count(*)::int, count(*) filter (where campaign_status = 'never_contacted')::int as waiting
    from public.all_leads`;
  expect(leads).toEqual({ count: 40, waiting: 40 });
  const [figures] = await sql`
    select count(*)::int, sum(emails_sent)::int as sent from public.campaign_reporting
    where campaign_id in (1000, 1001) and figures_at is not null`;
  const expected = [...workspace.history.values()].reduce((total, { sent }) => total + sent, 0);
  expect(figures).toEqual({ count: 8, sent: expected });
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});

test("figures of a day that is over take the place of the counted ones, and later facts of that day change nothing", async () => {
  let now = daysAgo(1);
  await using world = await openWorld({ clock: () => now });
  const { sql, workspace, work } = world;
  const first = workspace.send({ campaign: 301, lead: { email: "dana@lead.example" } });
  const lost = workspace.send({ campaign: 301, lead: { email: "kim@lead.example" } });
  await receive(sql, first.events);
  await sql`select private.fold_all_counters()`;
  const days = () =>
    sql`
      select emails_sent::int, total_leads_contacted::int as contacted, sequence_step_stats
      from public.campaign_reporting_current where campaign_id = 301 order by date`;
  expect(await days()).toMatchObject([{ emails_sent: 1, contacted: 1 }]);

  await sql`update public."Campaigns" set created_at = ${daysAgo(1)}`;
  await sql`select integrations.start_campaign_figures(${client})`;
  await work();
  expect(await days()).toMatchObject([{
    emails_sent: 2,
    contacted: 2,
    sequence_step_stats: [{ step_order: 1, step_id: 3011, sent_count: 2, reply_count: 0 }],
  }]);
  // The event that was late is in these figures already; one of today counts.
  await receive(sql, lost.events);
  now = new Date();
  await receive(sql, workspace.open(first.mail).events);
  expect(await days()).toMatchObject([{ emails_sent: 2 }, { emails_sent: 0 }]);
  await sql`select private.fold_all_counters()`;
  expect(await days()).toMatchObject([{ emails_sent: 2 }, { emails_sent: 0 }]);
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});

test("an inbox counts on from EmailBison's totals", async () => {
  // EmailBison's times are whole seconds.
  let now = new Date(Date.now() - 5_000);
  await using world = await openWorld({ clock: () => now });
  const { sql, workspace, work, start } = world;
  Object.assign(workspace.sender(1).part, { emails_sent: 500, total_leads_contacted: 300 });
  const before = workspace.send({ campaign: 301, sender: 1, lead: { email: "dana@lead.example" } });
  await start("inboxes");
  await work();
  const sent = () => sql`select emails_sent_count as sent from public.inboxes_current where bison_inbox_id = 1`;
  expect(await sent()).toEqual([{ sent: 501 }]);
  await receive(sql, before.events);
  expect(await sent()).toEqual([{ sent: 501 }]);
  now = new Date(Date.now() + 5_000);
  const after = workspace.send({ campaign: 301, sender: 1, lead: { email: "kim@lead.example" } });
  await receive(sql, after.events);
  expect(await sent()).toEqual([{ sent: 502 }]);
  await sql`select private.fold_all_counters()`;
  expect(await sent()).toEqual([{ sent: 502 }]);
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});

test("inboxes that shift from page to page while they are read are all stored", async () => {
  await using world = await openWorld();
  const { sql, bison, workspace, work, start, list } = world;
  giveHistory(workspace, { campaigns: 0, days: 0, inboxes: 250 }, new Date(), 1000);
  bison.changes.add({ path: "/api/sender-emails", after: 1, run: () => void workspace.account(1, "removed") });
  await start("inboxes");
  await work();
  expect(await list("inboxes")).toMatchObject({ state: "idle", pass: 2, total: 252, last_error: null });
  const [stored] = await sql`
    select count(*)::int, count(*) filter (where status = 'Removed')::int as removed from public.inboxes`;
  expect(stored).toEqual({ count: 253, removed: 1 });
});

test("one comes and one goes between two pages: who was missed and is known is asked for alone", async () => {
  await using world = await openWorld();
  const { sql, bison, workspace, work, start, list } = world;
  giveHistory(workspace, { campaigns: 0, days: 0, inboxes: 250 }, new Date(), 1000);
  await start("inboxes");
  await work();
  bison.changes.add({
    path: "/api/sender-emails",
    after: 1,
    run() {
      workspace.account(1, "removed");
      workspace.addSender({ id: 9000, name: "New", email: "new@acme-mail.example" });
    },
  });
  await start("inboxes");
  await work();
  const { pass, started_at } = await list("inboxes");
  expect(pass).toBe(1);
  const missed = () =>
    sql`select bison_inbox_id as id, status from public.inboxes where figures_at < ${started_at} order by 1`;
  expect(await missed()).toEqual([]);
  // The one that went was still there when its page was read; the next night asks for it.
  await start("inboxes");
  await work();
  expect(await sql`select bison_inbox_id as id from public.inboxes where status = 'Removed'`).toEqual([{ id: 1 }]);
});

test("replies older than the list of events are added silently; known ones are brought up to date", async () => {
  let now = daysAgo(30);
  await using world = await openWorld({ clock: () => now });
  const { sql, workspace, work, start } = world;
  const { mail } = workspace.send({ campaign: 301, lead: { email: "dana@lead.example", first_name: "Dana" } });
  const old = workspace.reply(mail, { text: "Tell me more" });
  workspace.interested(old.reply);
  workspace.bounce(workspace.send({ campaign: 301, lead: { email: "gone@lead.example" } }).mail);
  now = daysAgo(1);
  const fresh = workspace.send({ campaign: 301, lead: { email: "kim@lead.example" } });
  const reply = workspace.reply(fresh.mail, { text: "No" });
  const other = workspace.reply(fresh.mail, { text: "Not this one" });
  await receive(sql, [...fresh.events, ...reply.events]);
  workspace.interested(reply.reply);
  reply.reply.part.updated_at = new Date().toISOString();

  await start("replies");
  await work();
  expect(await sql`select from_email, interested, is_history, category from public.replies order by received_at`)
    .toEqual([
      { from_email: "dana@lead.example", interested: true, is_history: true, category: "Interested" },
      { from_email: "kim@lead.example", interested: true, is_history: false, category: "Interested" },
    ]);
  expect(await sql`select email from public.engaged_leads order by email`).toEqual([
    { email: "dana@lead.example" },
    { email: "kim@lead.example" },
  ]);
  const told =
    await sql`select event_data ->> 'email' as email from shared.outbox_events where event_type = 'lead.replied'`;
  expect(told).toEqual([{ email: "kim@lead.example" }]);
  // The events of both count them all the same, once.
  await receive(sql, [...old.events, ...other.events]);
  const counted = await sql`select email, replies from public.all_leads where replies > 0 order by email`;
  expect(counted).toEqual([{ email: "dana@lead.example", replies: 1 }, { email: "kim@lead.example", replies: 2 }]);
});

test("a lead's state comes with the list, an older page does not overwrite what an event said", async () => {
  await using world = await openWorld();
  const { sql, workspace, work, start } = world;
  const { mail, events } = workspace.send({ campaign: 301, lead: { email: "dana@lead.example", first_name: "Dana" } });
  await receive(sql, events);
  workspace.reply(mail, { text: "Yes" });
  await start("campaign_leads", "301");
  await work();
  const lead = () => sql`select first_name, status, campaign_status, replied from public.all_leads`;
  expect(await lead()).toEqual([
    { first_name: "Dana", status: "unverified", campaign_status: "replied", replied: true },
  ]);
  const stale = { id: 1, email: "dana@lead.example", first_name: "Old", lead_campaign_data: [], tags: [] };
  await sql`
    select private.store_bison_leads(c, ${sql.json([stale])}, ${daysAgo(1)})
    from integrations.sync_cursors c where c.resource = 'campaign_leads'`;
  expect(await lead()).toMatchObject([{ first_name: "Dana" }]);
});
