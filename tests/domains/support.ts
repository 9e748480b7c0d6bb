// An agency with accounts at Porkbun and MissionInbox: a database, the simulated providers and resolver, and one clock for
// all, which stands still unless a test moves it.

import type postgres from "postgres";
import { createDnsSimulator, type DnsSimulator } from "../../simulators/dns/mod.ts";
import { createMissioninboxSimulator, type MissioninboxSimulator } from "../../simulators/missioninbox/mod.ts";
import { createPorkbunSimulator, type PorkbunOptions, type PorkbunSimulator } from "../../simulators/porkbun/mod.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { handlers } from "../../supabase/functions/jobs/registry.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { keys, type Setting, stopClock, workerOn } from "../jobs/support.ts";

export const client = "Acme";
export const secrets = createSecretBox(keys);

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  porkbun: PorkbunSimulator;
  dns: DnsSimulator;
  missioninbox: MissioninboxSimulator;
  /** PROVIDER_URLS for other processes. */
  urls: string;
  /** Seconds that have passed. */
  pass(seconds: number): Promise<void>;
  /** Works and lets time pass until nothing is left to do, or so many seconds are over. */
  work(seconds?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createWorld(options: PorkbunOptions = {}): Promise<World> {
  const database = await createDatabase();
  const sql = database.sql();
  let now = Date.now();
  const porkbun = createPorkbunSimulator({ clock: () => new Date(now), ...options });
  const dns = createDnsSimulator({ porkbun });
  const missioninbox = createMissioninboxSimulator({ clock: porkbun.now });
  const serve = (app: { fetch(request: Request): Response | Promise<Response> }) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  const servers = [serve(porkbun.app), serve(dns.app), serve(missioninbox.app)];
  const urls = JSON.stringify({
    porkbun: `http://127.0.0.1:${servers[0]!.addr.port}/api/json/v3`,
    dns: `http://127.0.0.1:${servers[1]!.addr.port}/dns-query`,
    missioninbox: `http://127.0.0.1:${servers[2]!.addr.port}/api`,
  });
  Deno.env.set("PROVIDER_URLS", urls);
  await sql`insert into public."Clients" ("Business") values (${client})`;
  await sql`
    select public.set_domain_provider('porkbun', ${await secrets.seal("pk1_demo")}, ${await secrets.seal("sk1_demo")})`;
  await sql`insert into public.inbox_providers (provider_name, api_key, workspace_id)
    values ('missioninbox', ${await secrets.seal("demo-missioninbox-key")}, 'project_demo')`;
  let setting: Setting | undefined;

  const world: World = {
    database,
    sql,
    porkbun,
    dns,
    missioninbox,
    urls,
    async pass(seconds) {
      now += seconds * 1_000;
      await stopClock(sql, new Date(now));
    },
    async work(seconds = 7_200) {
      setting ??= workerOn(database, [...handlers], { patience: 0 });
      for (const end = now + seconds * 1_000; now <= end;) {
        await setting.worker.drain(new AbortController().signal);
        const [next] = await sql<{ wait: number; is_ready: boolean }[]>`
          select extract(epoch from scheduled_at - private.clock())::float as wait, status = 'waiting' as is_ready
          from outbound.job_queue
          where status in ('waiting', 'delayed')
          order by scheduled_at limit 1`;
        if (next === undefined) return;
        await world.pass(next.is_ready ? 5 : Math.max(1, Math.ceil(next.wait)));
      }
    },
    async [Symbol.asyncDispose]() {
      await setting?.[Symbol.asyncDispose]();
      Deno.env.delete("PROVIDER_URLS");
      await Promise.all([porkbun.close(), dns.close(), ...servers.map((server) => server.shutdown())]);
      await database.drop();
    },
  };
  await world.pass(0);
  return world;
}

/** Names that were checked a moment ago, at the price of their TLD. */
export async function quoted(sql: postgres.Sql, ...domains: string[]): Promise<void> {
  const prices: Record<string, string> = { co: "11.82", info: "3.86", com: "9.73" };
  for (const domain of domains) {
    await sql`
      insert into public.domain_availability_checks (domain_name, client, checked_at, expires_at)
      values (${domain}, ${client}, null, null) on conflict do nothing`;
    await sql`select integrations.record_domain_check(${domain}, true, ${prices[
      domain.split(".")[1]!
    ]!}::text::numeric)`;
  }
}

/** A batch that a person has approved. */
export async function approved(sql: postgres.Sql, ...domains: string[]): Promise<string> {
  await quoted(sql, ...domains);
  const batch = await proposed(sql, ...domains);
  await decide(sql, batch, "approved");
  return batch;
}

export async function proposed(sql: postgres.Sql, ...domains: string[]): Promise<string> {
  const [row] = await sql<[{ id: string }]>`select public.create_purchase_batch(${client}, ${domains}) as id`;
  return row.id;
}

export async function decide(sql: postgres.Sql, batch: string, decision: string): Promise<void> {
  await sql`
    select * from integrations.decide_approval(
      (select approval_id from public.purchase_batches where id = ${batch}), ${decision}, 'service:test'
    )`;
}

export interface PurchaseRow {
  domain_name: string;
  status: string;
  paid_cents: number | null;
  orders: number;
  reason: string | null;
}

export async function purchasesOf(sql: postgres.Sql, batch: string): Promise<PurchaseRow[]> {
  return await sql<PurchaseRow[]>`
    select domain_name, status, paid_cents, orders, reason from public.domain_purchases
    where batch_id = ${batch} order by domain_name`;
}

export async function batchOf(sql: postgres.Sql, batch: string) {
  const [row] = await sql`
    select status, domain_count, total_cost::float, approved_cents from public.purchase_batches where id = ${batch}`;
  return row;
}

export async function noticesOf(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ kind: string }[]>`select kind from integrations.notices order by created_at, kind`;
  return rows.map(({ kind }) => kind);
}
