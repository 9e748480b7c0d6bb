// Puts the agency of deliveries.ts into a database: clients, endpoints, campaigns, inboxes and the leads that are known.

import { createHash } from "node:crypto";
import type postgres from "postgres";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { secretKeys } from "../../tests/faults/child.ts";
import { bisonInstance } from "../../tests/fixtures/bison.ts";
import { clients, inbox, knownLeads, lead, secret, type Spread } from "./deliveries.ts";

export async function seedAgency(sql: postgres.Sql): Promise<void> {
  await seedClients(sql);
  for (const spread of ["many", "hot"] as const) {
    for (let first = 0; first < knownLeads; first += 5_000) await seedLeads(sql, first, first + 5_000, spread);
  }
  await sql`
    insert into public."Campaigns" (client, campaign_id, campaign_name)
    select distinct l.client, l.campaign_id, l.campaign_name from public.all_leads l`;
}

async function seedClients(sql: postgres.Sql): Promise<void> {
  const box = createSecretBox(secretKeys);
  for (const [number, { name, token, workspace }] of clients.entries()) {
    const tokenHash = createHash("sha256").update(token).digest();
    await sql`insert into public."Clients" ("Business") values (${name})`;
    await sql`
      insert into integrations.webhook_endpoints (
        provider, client, token_hash, instance_url, workspace_id, require_signature, signing_secret
      )
      values ('bison', ${name}, ${tokenHash}, ${bisonInstance}, ${workspace}, true, ${await box.seal(secret)})`;
    const senders = [...Array.from({ length: 20 }, (_, i) => inbox(number, i, "many")), inbox(number, 0, "hot")];
    await sql`
      insert into public.inboxes (client, bison_inbox_id, name, email, created_at)
      select ${name}, s.id, s.name, s.email, now()
      from jsonb_to_recordset(${sql.json(senders as never)}) as s (id integer, name text, email text)`;
  }
}

/** As they stand after their first mail, three days ago. */
async function seedLeads(sql: postgres.Sql, from: number, to: number, spread: Spread): Promise<void> {
  const leads = Array.from({ length: to - from }, (_, i) => lead(from + i, spread)).map((
    { client, campaign, body },
  ) => ({
    client: clients[client]!.name,
    campaign_id: campaign.id,
    campaign_name: campaign.name,
    body,
  }));
  await sql`
    insert into public.all_leads (
      client, campaign_id, campaign_name, email, lead_id, first_name, last_name, full_name, job_title, company, status,
      custom_variables_jsonb, provider_lead_hash, emails_sent, first_contacted_at, last_event_at
    )
    select
      l.client, l.campaign_id, l.campaign_name, l.body ->> 'email', (l.body ->> 'id')::numeric, l.body ->> 'first_name',
      l.body ->> 'last_name', concat_ws(' ', l.body ->> 'first_name', l.body ->> 'last_name'), l.body ->> 'title',
      l.body ->> 'company', l.body ->> 'status', private.bison_variables(l.body -> 'custom_variables'),
      jsonb_hash_extended(l.body - '{emails_sent,opens,unique_opens,replies,unique_replies,bounces}'::text[], 0), 1,
      now() - interval '3 days',
      now() - interval '3 days'
    from jsonb_to_recordset(${sql.json(leads as never)}) as l (
      client text, campaign_id text, campaign_name text, body jsonb
    )`;
}
