import type postgres from "postgres";
import { expect, test } from "vitest";
import { bison } from "../order/orders.ts";
import { openSessions, untilWaiting } from "../races/sessions.ts";
import { createDatabase } from "../support/database.ts";

const figures = { emails_sent: 50, total_leads_contacted: 40, sequence_step_stats: [] };
const inbox = {
  id: 66,
  name: "Robin",
  email: "robin@acme-mail.test",
  status: "Connected",
  tags: [],
  ...Object.fromEntries(
    ["emails_sent", "total_replied", "total_opened", "unsubscribed", "bounced", "unique_replied", "unique_opened"]
      .concat("total_leads_contacted", "interested_leads").map((name) => [`${name}_count`, 100]),
  ),
};

/** Two sessions with open transactions, and a fact that waits to be folded. */
async function openRace() {
  const database = await createDatabase();
  const { sql, sessions, receive } = await openSessions(database, 1);
  await receive(sessions[0]!, bison("EMAIL_SENT", {}, 1));
  const clients = database.sql("postgres", { max: 2 });
  const [one, two] = await Promise.all([clients.reserve(), clients.reserve()]);
  const [{ client }] = await sql<[{ client: string }]>`select client from private.pending_events`;
  const [{ campaign_id, day, inbox_id }] = await sql<[{ campaign_id: number; day: string; inbox_id: number }]>`
    select p.campaign_id, (p.occurred_at at time zone private.time_zone_of(p.client))::date::text as day,
      i.bison_inbox_id as inbox_id
    from private.pending_events p join public.inboxes i on i.id = p.inbox_id`;
  const store = (session: postgres.Sql) =>
    session`
      select integrations.store_campaign_figures(${client}, ${campaign_id}, ${day}, ${sql.json(figures)}, now())`;
  const storeInbox = (session: postgres.Sql) =>
    session`
      select private.store_bison_inboxes(
        jsonb_populate_record(null::integrations.sync_cursors, ${sql.json({ client })}),
        ${sql.json([{ ...inbox, id: inbox_id }] as never)}, now()
      )`;
  return { sql, one: one!, two: two!, store, storeInbox, [Symbol.asyncDispose]: () => database.drop() };
}

test("figures that come while a fold is open replace what it added", async () => {
  await using race = await openRace();
  const { sql, one, two, store } = race;
  await one`begin`;
  await one`select private.fold_counters()`;
  const storing = store(two).execute();
  await untilWaiting(sql, 1);
  await one`commit`;
  await storing;
  expect(await sql`select emails_sent::int from public.campaign_reporting`).toEqual([{ emails_sent: 50 }]);
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});

test("a fold that meets figures not committed yet adds nothing to them", async () => {
  await using race = await openRace();
  const { sql, one, two, store } = race;
  await one`begin`;
  await store(one);
  const folding = two`select private.fold_counters()`.execute();
  await untilWaiting(sql, 1);
  await one`commit`;
  await folding;
  expect(await sql`select emails_sent::int from public.campaign_reporting`).toEqual([{ emails_sent: 50 }]);
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});

test("totals of an inbox wait for a fold, and a fold leaves them to the next one", async () => {
  await using race = await openRace();
  const { sql, one, two, storeInbox } = race;
  await one`begin`;
  await one`select private.fold_counters()`;
  const storing = storeInbox(two).execute();
  await untilWaiting(sql, 1);
  await one`commit`;
  await storing;
  expect(await sql`select emails_sent_count from public.inboxes`).toEqual([{ emails_sent_count: 100 }]);

  await one`begin`;
  await storeInbox(one);
  const [folded] = await two`select private.fold_counters() as rows`;
  expect(folded!.rows).toBe(0);
  await one`commit`;
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});
