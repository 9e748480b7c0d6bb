// One row of everything, for each of the two clients.

import type postgres from "postgres";

export type Owner = "Acme" | "Birch";

/** The ids by the path of their resource. */
export type Ids = Record<string, string>;

const composite = (...keys: unknown[]) =>
  btoa(JSON.stringify(keys.map(String))).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");

export async function seedRows(sql: postgres.Sql, client: Owner, number: number): Promise<Ids> {
  const one = async (statement: postgres.PendingQuery<postgres.Row[]>) => String((await statement)[0]!.id);
  const email = `casey@${client.toLowerCase()}.test`;
  const contact = await one(sql`
    insert into public.crm_contacts (client, email, first_name) values (${client}, ${`c${email}`}, 'Casey')
    returning id`);
  const deal = await one(sql`
    insert into public.crm_deals (client, name, contact_id) values (${client}, 'Deal', ${contact}) returning id`);
  const event = await one(sql`
    insert into integrations.webhook_events (provider, client, endpoint_id, delivery_key, event_type, payload, status)
    values ('bison', ${client}, 1, ${`key ${client}`}, 'NOBODY_HANDLES_IT', '{}', 'dead') returning id`);
  const job = await one(sql`
    insert into outbound.job_queue (queue_name, job_type, payload, status, last_error)
    values ('default', ${`test ${client}`}, '{}', 'failed', 'It broke.') returning id`);
  const subscription = await one(sql`
    insert into shared.webhook_subscriptions (tenant_id, name, url, events)
    select t.tenant_id, 'Hook', 'https://example.com/hook', array['*'] from integrations.tenants t
    where t.business = ${client} returning id`);
  const domains = await seedDomains(sql, client);
  await sql`insert into public.campaign_reporting (client, campaign_id, date) values (${client}, 1, '2026-03-01')`;
  await sql`
    insert into public.replies (instance_url, reply_id, client, campaign_id, from_email, received_at)
    values ('https://bison.test', ${number}, ${client}, 1, ${email}, now())`;
  const base = await one(sql`insert into public.client_knowledge_base (client) values (${client}) returning id`);
  const call = await one(sql`
    insert into public.client_fathom_calls (client, title, transcript) values (${client}, 'Kick-off', 'We sell tea.')
    returning id`);
  const company = await one(sql`
    insert into public.master_companies_db (company_domain) values (${`${client.toLowerCase()}.example`}) returning id`);
  const person = await one(sql`
    insert into public.master_contacts_db (email) values (${`m${email}`}) returning id`);
  await sql`
    insert into integrations.provider_credits (provider, month)
    values ('companyenrich', '2026-03-01') on conflict do nothing`;
  await sql`
    insert into integrations.provider_keys (provider, api_key)
    values ('companyenrich', ${`v1.test.${"A".repeat(16)}.${"b".repeat(22)}`}) on conflict do nothing`;
  await sql`insert into integrations.client_settings (client, name, value) values (${client}, 'sync.hour', 2)`;
  return {
    "document-versions": await one(sql`
      select id from public.client_document_versions where document_id = ${base}`),
    drafts: await one(sql`
      insert into public.client_drafts (client, kind, status, call_ids, content, generated_by, requested_by)
      values (${client}, 'knowledge_base', 'written', array[${call}::uuid], '{"company": {"name": "Acme"}}', 'extract', 'me')
      returning id`),
    "iteration-logs": await one(sql`
      insert into public.client_iteration_logs (client, action_type, description, created_by)
      values (${client}, 'copy', 'Shorter subject', 'me') returning id`),
    "knowledge-bases": base,
    copywriting: await one(sql`insert into public.client_copywriting (client) values (${client}) returning id`),
    "plans-of-action": await one(
      sql`insert into public.client_plan_of_action (client) values (${client}) returning id`,
    ),
    "opportunity-maps": await one(sql`
      insert into public.client_opportunity_maps (client, title) values (${client}, 'Market') returning id`),
    stores: await one(sql`
      insert into public.eligible_storeleads_10k (domain) values (${`shop-${number}.test`}) returning id`),
    "company-signals": await one(sql`
      insert into "Signals".company_signals (company_id, signal_type, signal_source)
      values (${company}, 'funding', 'test') returning signal_id as id`),
    "master-contacts": person,
    "enrichment-runs": await one(sql`
      insert into integrations.enrichment_runs (provider, kind, credit_month, reserved_credits, requested_by)
      values ('companyenrich', 'company', '2026-03-01', 0, 'me') returning id`),
    "campaign-contacts": await one(sql`
      insert into "Master".campaign_contact_db (client, campaign_id, contact_id)
      values (${client}, '1', ${person}) returning id`),
    "bison-queue": await one(sql`
      insert into "Master".bison_queue (client, campaign_id, contact_id) values (${client}, '1', ${person}) returning id`),
    "campaign-leads": await one(sql`
      insert into "Master".campaign_leads_db (client, campaign_id, contact_id, email, bison_lead_id)
      values (${client}, '1', ${person}, ${`m${email}`}, ${number}) returning id`),
    "contact-lists": await one(sql`
      insert into "Master".contact_lists (client, campaign_id, name, created_by)
      values (${client}, '1', 'List', 'me') returning id`),
    ...await marketingRows(sql, client, email),
    clients: client,
    targets: await one(sql`insert into public.client_targets (client) values (${client}) returning id`),
    campaigns: await one(sql`
      insert into public."Campaigns" (client, campaign_id, campaign_name) values (${client}, '1', 'Spring')
      returning uuid as id`),
    leads: await one(sql`
      insert into public.all_leads (client, campaign_id, email, lead_id) values (${client}, '1', ${email}, ${number})
      returning id`),
    replies: composite("https://bison.test", number),
    "engaged-leads": await one(sql`
      insert into public.engaged_leads (client, email) values (${client}, ${email}) returning id`),
    meetings: await one(sql`
      insert into public.meetings_booked (client, email, meeting_date) values (${client}, ${email}, now()) returning id`),
    "crm/contacts": contact,
    "crm/deals": deal,
    "crm/notes": await one(sql`
      insert into public.crm_notes (client, contact_id, text) values (${client}, ${contact}, 'Called.') returning id`),
    "crm/tasks": await one(sql`
      insert into public.crm_tasks (client, deal_id, text) values (${client}, ${deal}, 'Call.') returning id`),
    "crm/tags": await one(sql`
      insert into public.crm_tags (client, name, entity_type) values (${client}, 'Warm', 'contact') returning id`),
    companies: await one(sql`
      insert into public.master_companies_db (company_domain) values (${`${client.toLowerCase()}.test`}) returning id`),
    "webhook-events": event,
    "webhook-subscriptions": subscription,
    "webhook-deliveries": await one(sql`
      insert into shared.webhook_subscription_logs (subscription_id, event, payload, event_id)
      values (${subscription}, 'lead.replied', '{}', gen_random_uuid()) returning id`),
    jobs: job,
    opportunities: await one(sql`
      insert into public.client_opportunities (client, opportunity_name) values (${client}, 'A line') returning id`),
    forecasts: await one(sql`
      insert into public.funnel_forecasts (client, month, year, metric_key) values (${client}, 'March', 2026, 'closed')
      returning id`),
    "nightly-reports": await one(sql`
      insert into public.nightly_reports (client, date, quick_view, funnel, text, made_at)
      values (${client}, '2026-03-02', '[]', '[]', 'Quiet.', now()) returning id`),
    ...domains,
    ...await seedNotices(sql, client),
    ...await seedCalls(sql, client, number),
    ...await seedMailboxes(sql, client, number),
    syncs: await one(sql`
      insert into integrations.sync_cursors (client, resource) values (${client}, 'tags') returning id`),
    schedules: await one(sql`select job as id from integrations.schedules order by job limit 1`),
    tenants: await one(sql`select id from integrations.tenants where business = ${client}`),
    "webhook-endpoints": await one(sql`
      insert into integrations.webhook_endpoints (provider, client, token_hash)
      values ('bison', ${client}, sha256(convert_to(${client}, 'UTF8'))) returning id`),
    members: await one(sql`select id from integrations.memberships where client = ${client} order by id limit 1`),
    "api-keys": await one(sql`
      insert into shared.user_api_keys (user_id, client, name, key_hash, prefix, scopes)
      select m.user_id, m.client, 'seeded', encode(sha256(convert_to(${client}, 'UTF8')), 'hex'), 'seeded00',
        array['leads:read']
      from integrations.memberships m where m.client = ${client} order by m.id limit 1
      returning id`),
    ...await hubRows(sql, client),
    "audit-log": await one(sql`
      select id from integrations.audit_log where new::text like ${`%${client}%`} order by id limit 1`),
  };
}

async function seedDomains(sql: postgres.Sql, client: Owner): Promise<Ids> {
  const one = async (statement: postgres.PendingQuery<postgres.Row[]>) => String((await statement)[0]!.id);
  const name = client.toLowerCase();
  const sealed = `v1.dev.${"a".repeat(16)}.${"b".repeat(40)}`;
  const provider = await one(sql`select public.set_domain_provider('porkbun', ${sealed}, ${sealed}) as id`);
  const domain = await one(sql`
    insert into public.domains (domain_name, provider, client, status)
    values (${`try-${name}.co`}, 'porkbun', ${client}, 'active') returning id`);
  const template = await one(sql`
    insert into public.domain_generation_templates (name, client, base_names)
    values ('Names', ${client}, ${sql.json([name])}) returning id`);
  const generation = await one(sql`
    insert into public.domain_generations (client, base_name, template_id) values (${client}, ${name}, ${template})
    returning id`);
  const check = await one(sql`
    insert into public.domain_availability_checks (domain_name, client, generation_id, is_available, price)
    values (${`use-${name}.co`}, ${client}, ${generation}, false, 11.82) returning id`);
  await sql`
    insert into public.domain_availability_checks (domain_name, client, is_available, price)
    select format('buy-%s-%s.co', ${name}::text, n), ${client}, true, 11.82 from generate_series(1, 200) as n`;
  const batch = await one(sql`
    insert into public.purchase_batches (client, status, quoted_cents, approved_cents, decided_by)
    values (${client}, 'approved', 1182, 1182, 'service:test') returning id`);
  return {
    domains: domain,
    "domain-records": await one(sql`
      insert into public.domain_dns_records (domain_id, client, purpose, type, content, source)
      values (${domain}, ${client}, 'other', 'TXT', 'seeded', 'exact') returning id`),
    "domain-inventory": await one(sql`
      select id from public.domain_inventory where domain_name = ${`try-${name}.co`}`),
    "domain-templates": template,
    "domain-generations": generation,
    "domain-checks": check,
    "purchase-batches": batch,
    "domain-purchases": await one(sql`
      insert into public.domain_purchases (batch_id, client, domain_name, status, quoted_cents, approved_cents)
      values (${batch}, ${client}, ${`go-${name}.co`}, 'approved', 1182, 1182) returning id`),
    "domain-providers": provider,
  };
}

async function seedMailboxes(sql: postgres.Sql, client: Owner, number: number): Promise<Ids> {
  const one = async (statement: postgres.PendingQuery<postgres.Row[]>) => String((await statement)[0]!.id);
  const set = await one(sql`
    insert into public.inbox_sets (name, client, status) values ('A set', ${client}, 'ready') returning id`);
  const order = await one(sql`
    insert into public.provider_orders (order_ref, provider, order_type, client, quantity, status)
    values (${client}, 'inboxkit', 'mailboxes', ${client}, 1, 'exported') returning id`);
  return {
    "inbox-sets": set,
    "provider-orders": order,
    inboxes: await one(sql`
      insert into public.inboxes (client, bison_inbox_id, name, email, inbox_set_id, created_at)
      values (${client}, ${number}, 'Robin', ${`robin@${client.toLowerCase()}-mail.test`}, ${set}, now()) returning id`),
    "inbox-tags": await one(sql`
      insert into public.inbox_tags (client, bison_tag_id, name) values (${client}, ${number}, 'Warm') returning id`),
    "inbox-health-checks": await one(sql`
      insert into public.inbox_health_checks (inbox_email, inbox_id, domain, client, recommendation)
      values ('robin', ${String(number)}, 'x.test', ${client}, 'keep') returning id`),
    "inbox-analytics": await one(sql`
      insert into public.inbox_analytics (client, inbox_id, provider, date)
      values (${client}, ${number}, 'bison', '2026-03-01') returning id`),
    "inbox-orders": await one(sql`
      insert into public.inbox_orders (order_number, provider, client, quantity, order_id, status)
      values (${client}, 'inboxkit', ${client}, 1, ${order}, 'completed') returning id`),
    "ordered-mailboxes": await one(sql`
      insert into public.ordered_mailboxes (
        client, order_id, provider, domain, email, username, first_name, last_name, platform
      )
      values (
        ${client}, ${order}, 'inboxkit', 'x.test', ${`${client.toLowerCase()}@x.test`}, 'a.b', 'A', 'B', 'google'
      ) returning id`),
    "inbox-providers": await one(sql`
      insert into public.inbox_providers (provider_name, api_key)
      values ('inboxkit', ${`v1.test.${"A".repeat(16)}.${"A".repeat(22)}`})
      on conflict (provider_name) do update set is_active = true returning id`),
  };
}

async function seedCalls(sql: postgres.Sql, client: Owner, number: number): Promise<Ids> {
  const one = async (statement: postgres.PendingQuery<postgres.Row[]>) => String((await statement)[0]!.id);
  const sealed = `v1.dev.${"a".repeat(16)}.${"b".repeat(40)}`;
  const meeting = { recording_id: 100 + number, title: "Weekly", calendar_invitees: [] };
  return {
    calls: await one(sql`
      insert into public.client_fathom_calls (client, fathom_call_id, title, call_date)
      values (${client}, ${`${number}`}, 'Weekly', now()) returning id`),
    "unmatched-calls": await one(sql`
      insert into integrations.unmatched_calls (recording_id, title, meeting, reason, source_at)
      values (${`${100 + number}`}, 'Weekly', ${sql.json(meeting)}, 'Nobody knows.', now()) returning id`),
    "fathom-accounts": await one(sql`
      insert into integrations.fathom_accounts (name, api_key) values (${`Robin of ${client}`}, ${sealed}) returning id`),
    "calendly-connections": await one(sql`
      insert into public.calendly_integrations (client, access_token, refresh_token)
      values (${client}, ${sealed}, ${sealed}) returning id`),
  };
}

async function seedNotices(sql: postgres.Sql, client: Owner): Promise<Ids> {
  const one = async (statement: postgres.PendingQuery<postgres.Row[]>) => String((await statement)[0]!.id);
  const sealed = `v1.dev.${"a".repeat(16)}.${"b".repeat(40)}`;
  await sql`
    insert into integrations.notice_kinds (kind, description) values ('seeded', 'For tests.') on conflict do nothing`;
  // The plan to resume has failed; the one to decide is of nobody.
  const run = await one(sql`
    insert into public.rebatch_runs (client, status, error_message) values (${client}, 'failed', 'It stopped.') returning id`);
  await sql`update public.client_targets set emails_per_day = 10 where client = ${client}`;
  return {
    notices: await one(sql`
      select integrations.notify('seeded', ${client}, ${`seeded ${client}`}, 'Something happened.') as id`),
    "notice-kinds": "seeded",
    settings: "sync.hour",
    "client-settings": composite(client, "sync.hour"),
    approvals: await one(sql`
      insert into integrations.approvals (kind, subject_id, client, title, status, decision, decided_by, decided_at)
      values ('rebatch', ${run}, ${client}, 'Seeded', 'decided', 'approved', 'service:test', now()) returning id`),
    "rebatch-runs": run,
    "rebatch-steps": await one(sql`
      insert into public.rebatch_steps (run_id, client, position, action, status)
      values (${run}, ${client}, 1, 'buy', 'failed') returning id`),
    "slack-workspaces": await one(sql`
      select integrations.connect_slack('T1', 'A1', 'Agency', ${sealed}, ${sealed}) as id`),
    "slack-users": await one(sql`
      insert into integrations.slack_users (slack_id, name) values (${`U${client.toUpperCase()}`}, 'Ada')
      returning slack_id as id`),
    "slack-channels": await one(sql`
      insert into integrations.slack_channels (client, channel) values (${client}, 'C1') returning id`),
  };
}

/** Of a campaign that the other rows do not have. */
async function marketingRows(sql: postgres.Sql, client: string, email: string): Promise<Record<string, string>> {
  const [row] = await sql`
    with portal as (
      insert into public."Campaigns" (client, campaign_id, campaign_name) values (${client}, '77', 'Hub') returning uuid
    ),
    campaign as (
      insert into marketing.campaigns (client, portal_campaign_id, bison_campaign_id, name)
      select ${client}, uuid, '77', 'Hub' from portal
      returning campaign_id
    ),
    person as (
      insert into people.master (email) values (${`hub.${email}`}) returning id
    ),
    outreach as (
      insert into marketing.outreach_history (person_id, client, message_type, sent_at, event_id)
      select id, ${client}, 'initial', now(), abs(hashtext(${client})) from person
      returning id
    ),
    meeting as (
      insert into public.meetings_booked (client, email, created_time) values (${client}, ${`hub.${email}`}, now()) returning id
    ),
    attribution as (
      insert into marketing.attribution (person_id, client, conversion_type, converted_at, subject_id)
      select p.id, ${client}, 'meeting', now(), m.id from person p, meeting m
      returning id
    ),
    report as (
      insert into marketing.feedback_reports (campaign_id, client, report_date)
      select campaign_id, ${client}, '2026-03-01' from campaign
      returning id
    )
    select c.campaign_id, o.id as outreach, a.id as attribution, r.id as report
    from campaign c, outreach o, attribution a, report r`;
  return {
    "marketing/campaigns": row!.campaign_id,
    "marketing/outreach": row!.outreach,
    "marketing/attribution": row!.attribution,
    "marketing/feedback-reports": row!.report,
  };
}

async function hubRows(sql: postgres.Sql, client: Owner): Promise<Ids> {
  const email = `kim@${client.toLowerCase()}-hub.test`;
  const [row] = await sql`
    with load as (
      insert into intake.raw_loads (batch_id, source, raw_data) values ('b', 's', ${
    JSON.stringify({ email })
  }::text::jsonb)
      returning load_id
    ),
    contact as (insert into intake.contacts (email, source) values (${email}, 's') returning contact_id),
    company as (insert into company.master (domain) values (${`${client.toLowerCase()}-hub.test`}) returning id),
    person as (insert into people.master (email) values (${email}) returning id)
    select load_id, contact_id, company.id as company, person.id as person from load, contact, company, person`;
  return {
    "hub/loads": String(row!.load_id),
    "hub/contacts": String(row!.contact_id),
    "hub/companies": row!.company,
    "hub/people": row!.person,
  };
}
