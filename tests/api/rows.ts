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
  await sql`insert into public.campaign_reporting (client, campaign_id, date) values (${client}, 1, '2026-03-01')`;
  await sql`
    insert into public.replies (instance_url, reply_id, client, campaign_id, from_email, received_at)
    values ('https://bison.test', ${number}, ${client}, 1, ${email}, now())`;
  return {
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
    "audit-log": await one(sql`
      select id from integrations.audit_log where new::text like ${`%${client}%`} order by id limit 1`),
  };
}
