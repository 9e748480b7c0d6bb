// Engaged leads of several sessions meet in the same contacts and companies.

import { expect, test } from "vitest";
import type postgres from "postgres";
import { createDatabase } from "../support/database.ts";
import { random, shuffled } from "../order/orders.ts";
import { untilWaiting } from "./sessions.ts";

interface Lead {
  client?: string;
  email: string;
  job_title?: string;
  company_domain?: string;
  last_event_at?: string;
}

async function insertLeads(sql: postgres.Sql, leads: Lead[]): Promise<void> {
  await sql`
    insert into public.engaged_leads (client, email, job_title, company_domain, last_event_at)
    select coalesce(l.client, 'Acme'), l.email, l.job_title, l.company_domain, coalesce(l.last_event_at, now())
    from jsonb_to_recordset(${sql.json(leads as never)}) as l (
      client text, email text, job_title text, company_domain text, last_event_at timestamptz
    )`;
}

function batch(size: number, round: number): Lead[] {
  return Array.from({ length: size }, (_, i) => ({
    email: `person.${(i * 7919) % size}.${round}@x.example`,
    company_domain: `company-${i % 50}-${round}.example`,
    job_title: "CTO",
  }));
}

// The second size takes the way of big batches.
for (const [size, rounds] of [[200, 12], [1500, 3]] as const) {
  test(`batches of ${size} in opposed orders neither deadlock nor double`, async () => {
    await using database = await createDatabase();
    const sql = database.sql("postgres", { max: 4 });
    await sql`insert into public."Clients" ("Business") values ('Acme')`;
    for (let round = 0; round < rounds; round++) {
      const leads = batch(size, round);
      await Promise.all([
        insertLeads(sql, leads),
        insertLeads(sql, leads.toReversed()),
        insertLeads(sql, leads.map((lead) => ({ ...lead, email: lead.email.toUpperCase() }))),
      ]);
      await Promise.all([
        sql`
          update public.engaged_leads set job_title = 'CEO', last_event_at = now()
          where email like ${`p%.${round}@x.example`}`,
        insertLeads(sql, shuffled(leads, random(round))),
      ]);
    }
    const [counted] = await sql`
      select
        (select count(*)::integer from public.crm_contacts) as contacts,
        (select count(*)::integer from public.crm_contacts where company_id is null) as without_company,
        (select count(*)::integer from public.master_companies_db) as companies,
        (select count(*)::integer from public.client_company_state) as states,
        (select count(*)::integer from private.engaged_lead_changes) as notes`;
    expect(counted).toEqual({
      contacts: size * rounds,
      without_company: 0,
      companies: 50 * rounds,
      states: 50 * rounds,
      notes: 0,
    });
  });
}

test("two statements in opposed orders that stand at the same row both finish", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  const leads = ["a", "m", "z"].map((name) => ({ email: `${name}@x.example` }));
  let done: Promise<unknown> = Promise.resolve();
  await sql.begin(async (transaction) => {
    await transaction`insert into public.crm_contacts (client, email) values ('Acme', 'm@x.example')`;
    done = Promise.all([insertLeads(sql, leads), insertLeads(sql, leads.toReversed())]);
    await untilWaiting(sql, 2);
    throw new Error("out of the way");
  }).catch(() => {});
  await done;
  expect(await sql`select email from public.crm_contacts order by email`).toEqual(leads);
});

test("leads of one person from eight sessions make one contact that knows what each said", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  for (let round = 0; round < 15; round++) {
    await Promise.all(Array.from({ length: 8 }, (_, i) =>
      sql`
        insert into public.engaged_leads (client, email, custom_variables_jsonb, company_domain)
        values ('Acme', ${i % 2 ? "Ada" : "ada"} || ${round} || '@x.example', ${
        sql.json({ [`key${i}`]: i })
      }, 'x.example')`));
  }
  const contacts = await sql`
    select count(*)::integer, count(distinct lower(email))::integer as people,
      min((select count(*) from jsonb_object_keys(custom_variables_jsonb)))::integer as variables
    from public.crm_contacts`;
  expect(contacts[0]).toEqual({ count: 15, people: 15, variables: 8 });
});

test("updates of the same leads in opposed orders do not deadlock", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  const leads = batch(150, 0);
  await insertLeads(sql, leads);
  await insertLeads(sql, leads.map((lead) => ({ ...lead, email: lead.email.replace("person", "other") })));
  const emails = leads.map((lead) => lead.email);
  // Each session changes leads of its own rows in its own order; the contacts are the same ones.
  await insertLeads(sql, leads.toReversed().map((lead) => ({ ...lead, email: lead.email.toUpperCase() })));
  const change = (title: string, upper: boolean) =>
    sql`
      update public.engaged_leads set job_title = ${title}, last_event_at = clock_timestamp()
      where email = any(${upper ? emails.map((email) => email.toUpperCase()) : emails})`;
  for (let round = 0; round < 15; round++) {
    await Promise.all([change(`a${round}`, true), change(`b${round}`, false)]);
  }
  const [titles] = await sql`
    select count(*)::integer as all, count(*) filter (where job_title in ('a14', 'b14'))::integer as last
    from public.crm_contacts where email ilike 'person%'`;
  expect(titles).toEqual({ all: 150, last: 150 });
});

test("a contact that is being deleted is not made anew by an event that waits for it", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await insertLeads(sql, [{ email: "a@x.example" }, { email: "b@x.example" }]);
  let done: Promise<unknown> = Promise.resolve();
  await sql.begin(async (transaction) => {
    await transaction`update public.crm_contacts set deleted_at = now()`;
    done = Promise.all([
      insertLeads(sql, [{ email: "A@x.example", job_title: "CTO" }]),
      sql`update public.engaged_leads set job_title = 'CTO' where email = 'b@x.example'`,
    ]);
    await untilWaiting(sql, 2);
  });
  await done;
  expect(await sql`select job_title, deleted_at is null as is_live from public.crm_contacts`).toEqual([
    { job_title: null, is_live: false },
    { job_title: null, is_live: false },
  ]);
});

test("a deletion that is taken back leaves the event its contact", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await insertLeads(sql, [{ email: "a@x.example" }]);
  let done: Promise<unknown> = Promise.resolve();
  await sql.begin(async (transaction) => {
    await transaction`update public.crm_contacts set deleted_at = now()`;
    done = insertLeads(sql, [{ email: "A@x.example", job_title: "CTO" }]);
    await untilWaiting(sql, 1);
    throw new Error("changed my mind");
  }).catch(() => {});
  await done;
  expect(await sql`select job_title, deleted_at is null as is_live from public.crm_contacts`).toEqual([
    { job_title: "CTO", is_live: true },
  ]);
});

test("what a person changes while an event waits is not lost", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await insertLeads(sql, [{ email: "a@x.example", last_event_at: "2026-01-01T00:00:00Z" }]);
  let done: Promise<unknown> = Promise.resolve();
  await sql.begin(async (transaction) => {
    await transaction`update public.crm_contacts set job_title = 'CEO', phone = '1'`;
    done = sql`
      update public.engaged_leads
      set job_title = 'CTO', assignee = 'kim', last_event_at = '2026-01-02T00:00:00Z'`.execute();
    await untilWaiting(sql, 1);
  });
  await done;
  expect(await sql`select job_title, phone, assignee from public.crm_contacts`).toEqual([
    { job_title: "CEO", phone: "1", assignee: "kim" },
  ]);
});

test("an address that a person corrects while events wait leaves them their contact", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await insertLeads(sql, [{ email: "a@x.example", last_event_at: "2026-01-01T00:00:00Z" }]);
  let done: Promise<unknown> = Promise.resolve();
  await sql.begin(async (transaction) => {
    await transaction`update public.crm_contacts set email = 'b@x.example'`;
    done = Promise.all([
      sql`update public.engaged_leads set assignee = 'kim', last_event_at = '2026-01-02T00:00:00Z'`,
      insertLeads(sql, [{ email: "A@x.example", job_title: "CTO", last_event_at: "2026-01-03T00:00:00Z" }]),
    ]);
    await untilWaiting(sql, 2);
  });
  await done;
  expect(await sql`select email, assignee, job_title from public.crm_contacts`).toEqual([
    { email: "b@x.example", assignee: "kim", job_title: "CTO" },
  ]);
});
