// An agency of eight clients with a million leads, and everything else in proportion to them.

import type postgres from "postgres";

export const clients = Array.from({ length: 8 }, (_, i) => `Client ${i + 1}`);

export const users = {
  /** Sees one client. */
  member: "00000000-0000-4000-8000-000000000001",
  /** Sees all of them. */
  staff: "00000000-0000-4000-8000-000000000002",
};

/** Spreads n over clients, campaigns and 1,000 days; every lead has its own address and second. */
const common = (count: number, offset = 0) => `
  from (
    select n, 'Client ' || 1 + n % 8 as client, 1 + n % 40 as campaign,
      timestamptz '2026-01-01' + (n * interval '17 seconds') as at, 'person' || n || '@company' || n % 5000 || '.test' as email
    from generate_series(${offset + 1}, ${offset + count}) as n
  ) as s`;

export async function seedAgency(sql: postgres.Sql, leads: number): Promise<void> {
  for (const client of clients) await sql`insert into public."Clients" ("Business") values (${client})`;
  for (const [name, id] of Object.entries(users)) {
    await sql`insert into auth.users (id, email) values (${id}, ${`${name}@bench.test`})`;
    await sql`
      insert into integrations.memberships (user_id, client, role)
      values (${id}, ${name === "member" ? clients[0]! : null}, ${name === "member" ? "member" : "admin"})`;
  }
  await sql`set session_replication_role = replica`;
  for (const statement of statements(leads)) await sql.unsafe(statement);
  await sql`set session_replication_role = origin`;
  await sql`vacuum analyze`;
}

function statements(leads: number): string[] {
  const replies = Math.ceil(leads / 10);
  const engaged = Math.ceil(leads / 50);
  return [
    `insert into public.client_targets (client) select distinct client ${common(8)}`,
    `insert into public."Campaigns" (client, campaign_id, campaign_name)
     select client, campaign::text, 'Campaign ' || campaign ${common(40)}`,
    `insert into public.campaign_reporting (client, campaign_id, date, emails_sent, total_leads_contacted)
     select s.client, s.campaign, date '2026-01-01' + d, 30, 20 ${common(40)}, generate_series(0, 364) as d`,
    `insert into public.all_leads (client, campaign_id, email, lead_id, first_name, last_name, company, created_time)
     select client, campaign::text, email, n, 'Robin', 'Person', 'Company', at ${common(leads)}`,
    `insert into public.replies (instance_url, reply_id, client, campaign_id, lead_email, from_email, subject, text_body,
       received_at, type)
     select 'https://bison.test', n, client, campaign, email, email, 'Re: hello', repeat('Sounds good. ', 20), at,
       'Tracked Reply' ${common(replies)}`,
    `insert into public.engaged_leads (client, email, first_name, created_at)
     select client, email, 'Robin', at ${common(engaged)}`,
    `insert into public.meetings_booked (client, email, first_name, meeting_date)
     select client, email, 'Robin', at ${common(engaged / 2)}`,
    `insert into public.crm_contacts (client, email, first_name, status, created_at)
     select client, email, 'Robin', (array['cold', 'warm', 'hot', 'customer'])[1 + n / 8 % 4], at ${common(engaged)}`,
    `insert into public.crm_deals (client, name, stage, contact_id, created_at)
     select c.client, 'Deal', (array['demo', 'proposal', 'won'])[1 + c.n / 8 % 3], c.id, c.created_at
     from (select *, row_number() over () as n from public.crm_contacts) as c where c.n % 5 = 0`,
    `insert into public.crm_notes (client, contact_id, text, created_at)
     select client, id, 'Called.', created_at + n * interval '1 day' from public.crm_contacts, generate_series(1, 3) as n`,
    `insert into public.crm_tasks (client, contact_id, text, due_date)
     select client, id, 'Call.', created_at + interval '7 days' from public.crm_contacts`,
    `insert into public.crm_tags (client, name, entity_type)
     select client, 'Tag ' || n, (array['company', 'contact', 'deal'])[1 + n / 8 % 3] ${common(400)}`,
    `insert into public.master_companies_db (company_domain, company_name)
     select 'company' || n || '.test', 'Company' ${common(engaged)}`,
    `insert into integrations.webhook_events (provider, client, endpoint_id, delivery_key, event_type, payload, status)
     select 'bison', client, 1, 'key' || n, 'EMAIL_SENT', '{"event": {"type": "EMAIL_SENT"}}',
       case when n % 1000 = 0 then 'dead' else 'processed' end ${common(replies)}`,
    `insert into shared.webhook_subscriptions (tenant_id, name, url, events)
     select t.tenant_id, 'Hook ' || n, 'https://example.com', array['*']
     from integrations.tenants t, generate_series(1, 5) as n`,
    `insert into shared.webhook_subscription_logs (subscription_id, event, payload, event_id, created_at)
     select w.id, 'lead.replied', '{}', gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 minute'
     from shared.webhook_subscriptions w, generate_series(1, ${Math.ceil(replies / 40)}) as n`,
    `insert into outbound.job_queue (queue_name, job_type, payload, status, created_at)
     select 'default', 'test', '{}', (case when n % 100 = 0 then 'failed' else 'completed' end)::outbound.job_status, at
     ${common(replies)}`,
    `insert into integrations.webhook_endpoints (provider, client, token_hash)
     select 'bison', client, sha256(convert_to(n::text, 'UTF8')) ${common(80)}`,
    `insert into shared.user_api_keys (user_id, client, name, key_hash, prefix, scopes)
     select '${users.staff}', client, 'Key', encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), 'abcdefgh', array['leads:read']
     ${common(80)}`,
    `insert into public.client_opportunities (client, opportunity_name, stage, created_at)
     select client, 'A line', (array['Lead', 'Demo', 'Won'])[1 + n / 8 % 3], at ${common(engaged / 10)}`,
    `insert into public.funnel_forecasts (client, month, year, metric_key)
     select c.business, to_char(m, 'FMMonth'), extract(year from m), s.metric_key
     from integrations.tenants c, private.funnel_steps s, generate_series(date '2024-01-01', '2025-12-01', '1 month') as m`,
    `insert into public.nightly_reports (client, date, quick_view, funnel, text, made_at)
     select t.business, date '2024-01-01' + d, '[]', '[]', 'Quiet.', now()
     from integrations.tenants t, generate_series(0, 700) as d`,
    `insert into integrations.audit_log (actor, action, table_name, tenant, at)
     select 'user:' || n % 20, 'update', 'table ' || n % 10, t.id, s.at
     ${common(replies)} join integrations.tenants t on t.business = s.client`,
  ];
}
