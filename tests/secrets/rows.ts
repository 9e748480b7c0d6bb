// A row of every table that holds secrets, with every secret set. A table that is missing here fails the tests.

import type postgres from "postgres";
import type { SecretBox } from "../../supabase/functions/_shared/secrets.ts";

interface Tenant {
  business: string;
  tenant_id: string;
  team_id: string;
}

/** What a row is made with; its columns are completed with the sealed secrets. */
const rows: Record<string, (tenant: Tenant) => Record<string, unknown>> = {
  '"Clients"': ({ business }) => ({ Business: `${business} twin` }),
  calendly_integrations: ({ business }) => ({ client: business }),
  domain_providers: () => ({ provider_name: "porkbun" }),
  inbox_providers: () => ({ provider_name: "inboxkit" }),
  "integrations.fathom_accounts": ({ business }) => ({ name: business }),
  "integrations.provider_keys": () => ({ provider: "storeleads" }),
  "integrations.slack_workspaces": () => ({
    workspace_id: `T${crypto.randomUUID().slice(0, 8).toUpperCase()}`,
    app_id: "A1",
    name: "Agency",
  }),
  "integrations.webhook_endpoints": ({ business }) => ({
    provider: "calendly",
    client: business,
    token_hash: crypto.getRandomValues(new Uint8Array(32)),
  }),
  "outbound.webhooks": ({ team_id }) => ({ team_id, url: "https://hooks.example/1", events: ["*"] }),
  "shared.credentials": ({ tenant_id }) => ({ tenant_id, credential_type: "slack_bot", name: "Slack" }),
  "shared.webhook_subscriptions": ({ tenant_id }) => ({ tenant_id, name: "Hooks", url: "https://hooks.example/2" }),
};

/** The agency's own: there is one, set with the first client. */
const once = ["domain_providers", "inbox_providers", "integrations.provider_keys"];

export interface SecretColumn {
  table: string;
  column: string;
  type: string;
}

/** Sets every secret of every table for a new client; answers the plain ones. */
export async function setSecrets(sql: postgres.Sql, box: SecretBox, client: string): Promise<string[]> {
  await sql`insert into public."Clients" ("Business") values (${client})`;
  const [tenant] = await sql<[Tenant]>`select * from integrations.tenants where business = ${client}`;
  const plain: string[] = [];
  for (const [table, columns] of Map.groupBy(await secretColumns(sql), ({ table }) => table)) {
    const make = rows[table];
    if (!make) throw new Error(`tests/secrets/rows.ts has no row for ${table}.`);
    if (once.includes(table) && (await sql`select from ${sql.unsafe(table)}`).length > 0) continue;
    const row = make(tenant);
    for (const { column, type } of columns) {
      const secret = `plain-${crypto.randomUUID()}`;
      plain.push(secret);
      const sealed = await box.seal(secret);
      row[column] = type === "jsonb" ? { Authorization: sealed } : sealed;
    }
    await sql`insert into ${sql.unsafe(table)} ${sql(row as postgres.SerializableParameter & typeof row)}`;
  }
  return plain;
}

/** Every sealed text of the database. */
export async function sealedTexts(sql: postgres.Sql): Promise<string[]> {
  const texts: string[] = [];
  for (const { table, column } of await secretColumns(sql)) {
    const values = await sql<{ content: string }[]>`
      select ${sql(column)}::text as content from ${sql.unsafe(table)} where ${sql(column)} is not null`;
    for (const { content } of values) texts.push(...content.match(/v1\.[\w-]+\.[\w-]+\.[\w-]+/g)!);
  }
  return texts;
}

export async function secretColumns(sql: postgres.Sql): Promise<SecretColumn[]> {
  return await sql<SecretColumn[]>`
    select table_name::text as table, column_name::text as column, type from private.secret_columns order by 1, 2`;
}
