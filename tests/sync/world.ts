// A client with a simulated EmailBison workspace, and a worker that reads it.

import type { Hono } from "hono";
import type postgres from "postgres";
import {
  type BisonOptions,
  type BisonSimulator,
  createBisonSimulator,
  type Workspace,
  type WorkspaceInput,
} from "../../simulators/bison/mod.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { syncCampaignDay } from "../../supabase/functions/jobs/handlers/sync_campaign_day.ts";
import { syncInbox } from "../../supabase/functions/jobs/handlers/sync_inbox.ts";
import { syncPage } from "../../supabase/functions/jobs/handlers/sync_page.ts";
import { keys, workerOn } from "../jobs/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

export const client = "Acme";
export const token = "11|secret";
export const instanceUrl = "https://acme.bison.test";

export const acme: WorkspaceInput = {
  id: 11,
  name: client,
  apiToken: token,
  senders: [1, 2, 3].map((id) => ({ id, name: `Sender ${id}`, email: `sender${id}@acme-mail.example` })),
  campaigns: [{ id: 301, name: "First", senders: [1, 2] }, { id: 302, name: "Second", senders: [3] }],
  tags: [{ id: 51, name: "Warm" }, { id: 52, name: "Google" }],
};

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  bison: BisonSimulator;
  workspace: Workspace;
  /** Has the worker do every job that is ready. */
  work(): ReturnType<ReturnType<typeof workerOn>["worker"]["drain"]>;
  start(resource: string, scope?: string): Promise<string>;
  list(resource: string, scope?: string): Promise<postgres.Row>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** EmailBison is asked at the real time; what happened there happened at `clock`. */
export async function openWorld(options: BisonOptions & { key?: string | null } = {}): Promise<World> {
  const { key = token, ...rest } = options;
  const database = await createDatabase();
  const sql = database.sql();
  const bison = createBisonSimulator({ instanceUrl, workspaces: [acme], ...rest });
  const server = serve(bison.app);
  Deno.env.set("PROVIDER_URLS", JSON.stringify({ bison: `http://127.0.0.1:${server.addr.port}/api` }));
  await addClient(sql, key);
  const setting = workerOn(database, [syncPage, syncCampaignDay, syncInbox]);
  return {
    database,
    sql,
    bison,
    workspace: bison.workspace(11),
    work: () => setting.worker.drain(new AbortController().signal),
    async start(resource, scope = "") {
      const [row] = await sql`select integrations.start_sync(${client}, ${resource}, ${scope}) as outcome`;
      return row!.outcome;
    },
    async list(resource, scope = "") {
      const [row] = await sql`
        select * from integrations.sync_cursors where client = ${client} and resource = ${resource} and scope = ${scope}`;
      return row!;
    },
    async [Symbol.asyncDispose]() {
      await setting[Symbol.asyncDispose]();
      await Promise.all([bison.close(), server.shutdown(), database.drop()]);
    },
  };
}

/** The client of the workspace; its webhooks come to /bison-webhook/token. */
export async function addClient(sql: postgres.Sql, key: string | null = token): Promise<void> {
  await sql`
    insert into public."Clients" ("Business", "Api Key - Bison", "Client ID - Bison", "App URL- Bison")
    values (${client}, ${key && await createSecretBox(keys).seal(key)}, '11', ${instanceUrl})`;
  await sql`
    insert into integrations.webhook_endpoints (provider, client, token_hash, instance_url, workspace_id)
    values ('bison', ${client}, sha256('token'), ${instanceUrl}, '11')`;
}

function serve(app: Hono): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
}

/** A time so many days ago, at noon UTC. */
export function daysAgo(days: number): Date {
  const at = new Date(Date.now() - days * 86_400_000);
  at.setUTCHours(12, 0, 0, 0);
  return at;
}

/** Has events of the workspace come by webhook, as the function would store them. */
export async function receive(sql: postgres.Sql, events: { payload: unknown }[]): Promise<void> {
  const { readBison } = await import("../../shared/bison.ts");
  const { createHash } = await import("node:crypto");
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  for (const { payload } of events) {
    const text = JSON.stringify(payload);
    const reading = readBison(payload, text, {}, { receivedAt: Date.now(), digest });
    if (reading.kind === "invalid") throw new Error(reading.message);
    const { key, type, occurredAt } = reading.delivery;
    await sql`
      select integrations.receive_webhook(
        (select id from integrations.webhook_endpoints where client = ${client} and provider = 'bison'),
        ${key}, ${type}, ${text}, ${occurredAt ?? null}
      )`;
  }
}
