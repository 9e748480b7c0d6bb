// An agency of the documented size, times a factor: twenty clients in five time zones, and what their reports read.

import type postgres from "postgres";

const clients = Array.from({ length: 20 }, (_, i) => `Client ${i + 1}`);

export const users = {
  /** Sees one client. */
  member: "00000000-0000-4000-8000-000000000001",
  /** Sees all of them. */
  staff: "00000000-0000-4000-8000-000000000002",
};

/** Rows at factor 1, as documented; deals, checks and facts are in proportion. */
const documented = {
  Campaigns: 128,
  campaign_reporting: 4_400,
  all_leads: 125_000,
  replies: 7_900,
  engaged_leads: 634,
  meetings_booked: 217,
  inboxes: 3_600,
};

export async function seedAgency(sql: postgres.Sql, factor: number): Promise<void> {
  for (const client of clients) await sql`insert into public."Clients" ("Business") values (${client})`;
  await sql`
    update integrations.tenants t
    set time_zone = (array['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Sydney'])
      [1 + substring(t.business from 8)::integer % 5]`;
  for (const [name, id] of Object.entries(users)) {
    await sql`insert into auth.users (id, email) values (${id}, ${`${name}@bench.test`})`;
    await sql`
      insert into integrations.memberships (user_id, client, role)
      values (${id}, ${name === "member" ? clients[0]! : null}, ${name === "member" ? "member" : "admin"})`;
  }
  for (const statement of statements(factor)) await sql.unsafe(statement);
  await sql`select private.fold_tallies()`;
  await sql`select private.fold_milestones(1000000)`;
  await sql`vacuum analyze`;
}

/** n spread over the clients and over the last hundred days. */
const spread = (count: number) => `
  from (
    select n, 'Client ' || 1 + n % 20 as client, 'person' || n || '@company' || n % 5000 || '.test' as email,
      now() - hashint4(n) % 100 * interval '1 day' * 0.5 - interval '50 days' as at
    from generate_series(1, ${count}) as n
  ) as s`;

function statements(factor: number): string[] {
  const rows = (name: keyof typeof documented) => documented[name] * factor;
  const campaigns = rows("Campaigns");
  const days = Math.ceil(documented.campaign_reporting / documented.Campaigns);
  return [
    `insert into public.client_targets (
       client, emails_per_day, prospects_per_day, replies_per_day, bounces_per_day, meetings_per_day
     ) select client, 900, 400, 10, 20, 1 ${spread(20)}`,
    `insert into public."Campaigns" (client, campaign_id, campaign_name)
     select client, n::text, 'Campaign ' || n ${spread(campaigns)}`,
    `insert into public.campaign_reporting (
       client, campaign_id, campaign_name, date, emails_sent, total_leads_contacted, opened, unique_opens_per_contact,
       unique_replies_per_contact, bounced, unsubscribed, interested
     )
     select client, n, 'Campaign ' || n, current_date - d, 150, 70, 60, 40, 2, 3, 1, 1
     ${spread(campaigns)}, generate_series(0, ${days - 1}) as d`,
    `insert into public.all_leads (client, campaign_id, email, lead_id, first_name, company, created_time)
     select client, (n % ${campaigns})::text, email, n, 'Robin', 'Company', at ${spread(rows("all_leads"))}`,
    `insert into public.replies (instance_url, reply_id, client, campaign_id, lead_email, received_at, type)
     select 'https://bison.test', n, client, n % ${campaigns}, email, at, 'Tracked Reply' ${spread(rows("replies"))}`,
    `insert into public.campaign_events (
       event_id, kind, client, campaign_id, lead, occurred_at, event_date, step_id, step_order, step_variant
     )
     select n * 2 + k, case k when 0 then 'sent' else 'replied' end, 'Client ' || 1 + n % ${campaigns} % 20,
       n % ${campaigns}, md5(n::text)::uuid, at, at::date, 800 + n % 3, 1, (1 + n % 3)::text
     ${spread(rows("all_leads"))}, generate_series(0, (n % 12 = 0)::integer) as k`,
    // What a minute brings of 20,000 mails a day; a fold comes every five seconds.
    `insert into private.pending_events (
       event_id, kind, client, campaign_id, lead, occurred_at, total, uniques
     )
     select n + 100000000, (array['sent', 'opened', 'replied'])[1 + n % 3], client, 1 + n % ${campaigns},
       gen_random_uuid(), now(), 1, 1 ${spread(20 * factor)}`,
    `insert into public.engaged_leads (
       client, email, first_name, company, company_domain, engaged_at, meeting_booked, meeting_booked_at,
       showed_up_to_disco, showed_up_to_disco_at, qualified, qualified_at, demo_booked, demo_booked_at, proposal_sent,
       proposal_sent_at, closed, closed_at, custom_variables_jsonb
     )
     select client, email, 'Robin', 'Company', 'company' || n % 5000 || '.test', at, n % 3 = 0, at, n % 4 = 0, at,
       n % 5 = 0, at, n % 6 = 0, at, n % 10 = 0, at, n % 20 = 0, at,
       jsonb_build_object('opener', repeat('Saw your post. ', 10))
     ${spread(rows("engaged_leads"))}`,
    `insert into public.meetings_booked (client, email, created_time, meeting_date, status)
     select client, email, at, at + interval '5 days', (array['booked', 'booked', 'canceled', 'no_show'])[1 + n / 20 % 4]
     ${spread(rows("meetings_booked"))}`,
    `insert into public.crm_deals (client, name, contact_id, stage, amount, currency, index, created_at)
     select c.client, 'Deal ' || c.n, c.id, (array['lead', 'qualification', 'discovery', 'demo', 'proposal', 'negotiation',
       'won', 'lost'])[1 + c.n / 20 % 8], c.n % 90 * 1000, case when c.n % 7 = 0 then 'EUR' else 'USD' end, c.n % 50,
       c.created_at
     from (select *, row_number() over () as n from public.crm_contacts) as c`,
    `insert into public.client_opportunities (client, opportunity_name, stage, value)
     select client, 'Opportunity', (array['Lead', 'Demo', 'Won'])[1 + n / 20 % 3], n % 90 * 1000 ${
      spread(500 * factor)
    }`,
    `insert into public.inboxes (
       bison_inbox_id, client, name, email, domain, status, health_score, recommendation, last_health_check
     )
     select n, client, 'Robin', email, 'company.test', case when n % 50 = 0 then 'Disconnected' else 'Connected' end,
       h.score, case when h.score < 30 then 'cancel' when h.score < 60 then 'rotate' when h.score < 80 then 'watch'
         else 'keep' end, now()
     ${spread(rows("inboxes"))}
     cross join lateral (
       select 100 - (abs(hashint4(n)::bigint) % 100) * (abs(hashint4(n + 1)::bigint) % 100) / 100 as score
     ) as h`,
    `insert into public.inbox_health_checks (
       inbox_email, inbox_id, domain, client, sent_count, reply_rate, bounce_rate, health_score, recommendation,
       checked_at, checked_on
     )
     select i.email, i.bison_inbox_id::text, 'company.test', i.client, 200, 1, 2, i.health_score, i.recommendation,
       now() - d * interval '1 day', current_date - d
     from public.inboxes i, generate_series(0, 6) as d`,
  ];
}
