// The hub and its bridges on tables without statistics, in one session that keeps the plans it made while they were empty.

import type postgres from "postgres";
import { expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { excessiveReads, onOwnServer } from "./reads.ts";

const rows = 400;

onOwnServer();

test("loads and contacts are read by their address", async () => {
  await using database = await createDatabase();
  const session = database.sql("postgres", { max: 1 });
  await sixTimes((round) => take(session, round, 2));
  await session`update intake.raw_loads set created_at = created_at - interval '40 days'`;
  for (const title of ["CEO", "CEO", "CTO"]) {
    expect(await excessiveReads(session, rows, () => take(session, "all", rows, title))).toEqual({});
    expect(await excessiveReads(session, rows, () => ingest(session, "all", rows, title))).toEqual({});
    await session`update intake.raw_loads set created_at = created_at - interval '40 days'`;
  }
});

test("contacts reach the master database, a list and a campaign, each by itself", async () => {
  await using database = await createDatabase();
  const session = database.sql("postgres", { max: 1 });
  await addCampaign(session);
  await sixTimes(async (round) => {
    await take(session, round, 2);
    await advance(session);
    await push(session);
  });
  for (const part of ["one", "two"]) {
    await take(session, part, rows);
    expect(await excessiveReads(session, rows, advance)).toEqual({});
    expect(await excessiveReads(session, rows, push)).toEqual({});
  }
});

test("what people were won for is read person by person", async () => {
  await using database = await createDatabase();
  const session = database.sql("postgres", { max: 1 });
  await addCampaign(session);
  await sixTimes(async (round) => {
    await win(session, round, 2);
    await feed(session);
  });
  for (const part of ["one", "two"]) {
    await win(session, part, rows);
    expect(await excessiveReads(session, rows, feed)).toEqual({});
  }
});

test("what waits for another tick is passed by", async () => {
  await using database = await createDatabase();
  const session = database.sql("postgres", { max: 1 });
  await session`
    insert into private.hub_changes (kind, subject_id) select 'contact', gen_random_uuid() from generate_series(1, 10000)`;
  await session`
    insert into private.hub_changes (kind, subject_id)
    select 'campaign', gen_random_uuid() from generate_series(1, ${rows}::int)`;
  expect(await excessiveReads(session, rows, feed)).toEqual({});
});

test("who was asked for is known by their own runs", async () => {
  await using database = await createDatabase();
  const session = database.sql("postgres", { max: 1 });
  const ask = () => session`select * from people.request_intelligence(null, 10000)`;
  await sixTimes(async (round) => {
    await addStale(session, round, 2);
    await ask();
  });
  await session`update integrations.settings set value = 1000000 where name = 'companyenrich.monthly_credits'`;
  await addStale(session, "many", rows);
  await ask();
  expect(await excessiveReads(session, rows, ask)).toEqual({});
});

test.each(["company", "people"])("changed rows of %s.master are not compared with one another", async (kind) => {
  await using database = await createDatabase();
  const { session, comparisons } = watched(database);
  await session.unsafe(`
    insert into ${kind}.master (${kind === "company" ? "domain" : "email"}, name)
    select n || '@acme.example', 'Name' from generate_series(1, ${rows}) n`);
  await session.unsafe(`
    update ${kind}.master set name = 'First' where id = (select id from ${kind}.master limit 1)`);
  expect(await comparisons(() => session.unsafe(`update ${kind}.master set name = 'Other'`))).toBeLessThan(20 * rows);
  expect(await session.unsafe(`select count(*)::int from ${kind}.history`)).toEqual([{ count: rows + 1 }]);
});

test("milestones of many people are not compared with one another", async () => {
  await using database = await createDatabase();
  const { session, comparisons } = watched(database);
  await addCampaign(session);
  const fold = () => session`select * from private.fold_milestones()`;
  await sixTimes(async (round) => {
    await win(session, round, 2);
    await fold();
  });
  await win(session, "many", rows);
  await fold();
  await session`update public.engaged_leads set qualified = true`;
  expect(await comparisons(fold)).toBeLessThan(20 * rows);
});

/** PL/pgSQL keeps a plan for good from the sixth time on. */
async function sixTimes(work: (round: string) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 6; round++) await work(`early${round}`);
}

const ingest = (session: postgres.Sql, part: string, count: number, title: string) =>
  session`
    select count(*) from intake.f_ingest_json(
      (
        select jsonb_agg(jsonb_build_object(
          'email', format('p%s@%s-%s.example', n, ${part}::text, n % 50), 'name', format('Ann %s-%s', ${part}::text, n),
          'title', ${title}::text, 'company', format('Company %s', n % 50)
        ))
        from generate_series(1, ${count}::int) n
      ),
      'apollo', gen_random_uuid()::text
    )`;

async function take(session: postgres.Sql, part: string, count: number, title = "CEO"): Promise<void> {
  await ingest(session, part, count, title);
  await session`select * from intake.f_promote_contacts()`;
}

async function advance(session: postgres.Sql): Promise<void> {
  for (;;) {
    const [step] = await session`select has_more from integrations.advance_hub()`;
    if (!step!.has_more) return;
  }
}

async function addCampaign(session: postgres.Sql): Promise<void> {
  await session`insert into public."Clients" ("Business") values ('Acme')`;
  await session`insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '301', 'First')`;
}

/** Everybody who is new: chosen, queued, created and attached, as a worker does it. */
async function push(session: postgres.Sql): Promise<void> {
  const [list] = await session`select public.build_contact_list('Acme', '301', 'A list', '{}', '{}', 10000) as id`;
  await session`select public.push_contact_list(${list!.id})`;
  for (;;) {
    const [batch] = await session`select * from integrations.claim_push('Acme', '301', 'a worker')`;
    if (!batch) return;
    const created = batch.contacts.map((contact: { queue_id: number }) => ({ ...contact, lead_id: contact.queue_id }));
    const stored = await session`
      select queue_id::text from integrations.store_created_leads(
        ${batch.batch_id}, 'a worker', ${session.json(created)}, '[]'
      )`;
    const ids = stored.map((lead) => lead.queue_id);
    await session`select integrations.store_attached_leads('Acme', '301', ${ids}::bigint[], '[]')`;
  }
}

/** People who were written to and came as far as a won deal. */
async function win(session: postgres.Sql, part: string, count: number): Promise<void> {
  const ofPart = `%@${part}.example`;
  await session`
    insert into people.master (email) select format('p%s@%s.example', n, ${part}::text) from generate_series(1, ${count}::int) n`;
  await session`
    insert into public.all_leads (client, campaign_id, email)
    select 'Acme', '301', email from people.master where email like ${ofPart}`;
  await session`
    insert into public.campaign_events (event_id, kind, client, campaign_id, lead, occurred_at, event_date)
    select nextval('integrations.webhook_events_id_seq'), 'sent', 'Acme', 301, id, now() - interval '1 day', current_date - 1
    from public.all_leads where email like ${ofPart}`;
  await session`
    insert into public.engaged_leads (client, email, demo_booked, demo_booked_at)
    select 'Acme', email, true, now() from people.master where email like ${ofPart}`;
  await session`
    insert into public.crm_deals (client, contact_id, name, stage, amount)
    select client, id, 'Robots', 'won', 5 from public.crm_contacts where email like ${ofPart}`;
}

async function feed(session: postgres.Sql): Promise<void> {
  for (;;) {
    const [step] = await session`select has_more from private.feed_marketing()`;
    if (!step!.has_more) return;
  }
}

async function addStale(session: postgres.Sql, part: string, count: number): Promise<void> {
  await session`
    with person as (
      insert into people.master (email)
      select format('p%s@%s.example', n, ${part}::text) from generate_series(1, ${count}::int) n
      returning id
    )
    insert into people.intelligence (person_id, linkedin_data, fetched_at, stale_at)
    select id, '{}', now() - interval '29 days', now() + interval '1 day' from person`;
}

interface Plan {
  Plans?: Plan[];
  "Actual Loops"?: number;
  "Rows Removed by Join Filter"?: number;
}

/** A session, and how many pairs of rows that do not belong together its joins look at during some work. */
function watched(database: TestDatabase) {
  let pairs = 0;
  const countPairs = (plan: Plan): void => {
    pairs += (plan["Rows Removed by Join Filter"] ?? 0) * (plan["Actual Loops"] ?? 1);
    plan.Plans?.forEach(countPairs);
  };
  const session = database.sql("supabase_admin", {
    max: 1,
    onnotice: ({ message }) => {
      const json = message?.split("plan:\n")[1];
      if (json) countPairs(JSON.parse(json).Plan);
    },
  });
  const comparisons = async (work: () => Promise<unknown>): Promise<number> => {
    await session.unsafe(`
      load 'auto_explain';
      set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
      set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_format = json;
      set auto_explain.log_level = notice; set client_min_messages = notice`).simple();
    pairs = 0;
    await work();
    return pairs;
  };
  return { session, comparisons };
}
