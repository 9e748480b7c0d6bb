// A database with a client, accounts at both simulated providers, and a worker that does the jobs about mailboxes.

import type { Hono } from "hono";
import type postgres from "postgres";
import { createInboxkitSimulator, type InboxkitOptions } from "../../simulators/inboxkit/mod.ts";
import { createMissioninboxSimulator } from "../../simulators/missioninbox/mod.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { cancelMailboxes } from "../../supabase/functions/jobs/handlers/cancel_mailboxes.ts";
import { pollMailboxOrder } from "../../supabase/functions/jobs/handlers/poll_mailbox_order.ts";
import { pushInboxTags } from "../../supabase/functions/jobs/handlers/push_inbox_tags.ts";
import { submitMailboxOrder } from "../../supabase/functions/jobs/handlers/submit_mailbox_order.ts";
import { syncMailboxes, syncMailboxHealth } from "../../supabase/functions/jobs/handlers/sync_mailboxes.ts";
import { keys, moveClock, workerOn } from "../jobs/support.ts";
import { createDatabase } from "../support/database.ts";

const handlers = [
  submitMailboxOrder,
  pollMailboxOrder,
  cancelMailboxes,
  syncMailboxes,
  syncMailboxHealth,
  pushInboxTags,
];

type App = { fetch(request: Request): Response | Promise<Response> };

interface Options {
  inboxkit?: InboxkitOptions;
  bison?: Hono;
  /** Stands between the jobs and the providers. */
  between?: (path: string, ask: () => Promise<Response>) => Promise<Response>;
}

export async function setUp({ inboxkit: options, bison, between }: Options = {}) {
  const database = await createDatabase();
  const sql = database.sql();
  const inboxkit = createInboxkitSimulator({ perMinute: 1_000, ...options });
  const missioninbox = createMissioninboxSimulator({ perMinute: 1_000 });
  const apps: Record<string, App> = {
    inboxkit: inboxkit.app,
    missioninbox: missioninbox.app,
    bison: bison ?? { fetch: () => new Response(null, { status: 404 }) },
  };
  const servers = Object.entries(apps).map(([name, app]) => ({
    name,
    server: Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const ask = async () => await app.fetch(request);
      return between ? await between(new URL(request.url).pathname, ask) : await ask();
    }),
  }));
  const base = Object.fromEntries(servers.map(({ name, server }) => [name, `http://127.0.0.1:${server.addr.port}`]));
  Deno.env.set(
    "PROVIDER_URLS",
    JSON.stringify({
      inboxkit: `${base.inboxkit}/v1/api`,
      missioninbox: `${base.missioninbox}/api`,
      bison: `${base.bison}/api`,
    }),
  );

  const box = createSecretBox(keys);
  await sql`insert into public."Clients" ("Business", "App URL- Bison", "Api Key - Bison") values
    ('Acme', 'https://bison.test', ${await box.seal("11|bison-key")})`;
  await sql`insert into public.inbox_providers (provider_name, api_key, workspace_id, rate_limit_per_minute) values
    ('inboxkit', ${await box.seal("demo-inboxkit-key")}, 'ws_demo', 100000),
    ('missioninbox', ${await box.seal("demo-missioninbox-key")}, 'project_demo', 100000)`;

  const { worker, queue, lines } = workerOn(database, handlers);
  let seconds = 0;
  /** Does what is ready, then goes on as many minutes. */
  const work = async (minutes = 2) => {
    const summary = await worker.drain(new AbortController().signal);
    await moveClock(sql, seconds += minutes * 60);
    return summary;
  };
  return {
    sql,
    database,
    inboxkit,
    missioninbox,
    lines,
    work,
    async [Symbol.asyncDispose]() {
      await queue.end();
      await Promise.all(servers.map(({ server }) => server.shutdown()));
      await database.drop();
    },
  };
}

/** An order that was exported and submitted. */
export async function submitted(
  sql: postgres.Sql,
  { provider = "inboxkit", domains = ["acme.test"], perDomain = 3 } = {},
): Promise<string> {
  const names = [{ first_name: "Ann", last_name: "Bee" }, { first_name: "Tim", last_name: "Ash" }];
  const [{ id }] = await sql<[{ id: string }]>`
    select public.draft_mailbox_order('Acme', ${provider}, ${domains}, ${sql.json(names)}, ${perDomain}) as id`;
  await sql`select public.export_mailbox_order(${id})`;
  await sql`select public.submit_mailbox_order(${id})`;
  return id;
}

export interface OrderRow {
  status: string;
  failed_step: string | null;
  failure_reason: string | null;
}

export async function orderOf(sql: postgres.Sql, id: string): Promise<OrderRow> {
  const [row] = await sql<OrderRow[]>`
    select status, failed_step, failure_reason from public.provider_orders where id = ${id}`;
  return row!;
}
