// A client, a simulated Calendly, our functions in front of the database, and workers that do the jobs.

import { Hono } from "hono";
import type postgres from "postgres";
import { type CalendlySimulator, createCalendlySimulator, type Organization } from "../../simulators/calendly/mod.ts";
import { createApp as createConnect } from "../../supabase/functions/calendly-connect/app.ts";
import { createApp as createWebhook } from "../../supabase/functions/calendly-webhook/app.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { calendlyApp } from "../../supabase/functions/_shared/providers/calendly.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { reconcileCalendly } from "../../supabase/functions/jobs/handlers/reconcile_calendly.ts";
import { watchCalendly } from "../../supabase/functions/jobs/handlers/watch_calendly.ts";
import { keys, moveClock, workerOn } from "../jobs/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";

export const client = "Acme";
export const box = createSecretBox(keys);
export const dana = { email: "dana@lead.example", name: "Dana Ortiz" };
const never = new AbortController().signal;

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  calendly: CalendlySimulator;
  organization: Organization;
  /** Where our functions answer. */
  functions: string;
  now(): number;
  /** The simulator's clock, the workers' and the database's move together. */
  pass(seconds: number): Promise<void>;
  /** Does all jobs that are due, by so many workers at once. */
  work(workers?: number): Promise<void>;
  /** False: our functions answer 503. */
  isUp: boolean;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const database = await createDatabase();
  const sql = database.sql();
  await sql`insert into public."Clients" ("Business") values (${client})`;
  // What the queue's own tests are about.
  await sql`delete from outbound.job_limits`;

  let late = 0;
  const now = () => Date.now() + late * 1000;
  const calendly = createCalendlySimulator({
    organizations: [{
      slug: "acme",
      name: "Acme",
      host: { name: "Maya", email: "maya@acme.example" },
      accessToken: "personal",
      eventTypes: [{ slug: "intro", name: "Intro", minutes: 30 }],
    }],
    clock: () => new Date(now()),
    delivery: { timeoutMs: 60_000, retryWaitsMs: [] },
  });
  const pools = [openPatientPool(database.url("webhook_receiver")), openPatientPool(database.url("api_gateway"))];
  const log = createLog("error", () => {});
  const common = { secrets: box, log, now: Date.now };
  const webhook = createWebhook({ ...common, call: pools[0]!.call });
  const connect = createConnect({
    ...common,
    call: pools[1]!.call,
    calendly: calendlyApp,
    now,
  });
  const app = new Hono();
  app.use(async (c, next) => world.isUp ? await next() : c.text("down", 503));
  app.all("/functions/v1/calendly-webhook/*", (c) => webhook.fetch(c.req.raw));
  app.all("/functions/v1/calendly-connect/*", (c) => connect.fetch(c.req.raw));
  const stop = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const servers = [Deno.serve(options, app.fetch), Deno.serve(options, calendly.app.fetch)];
  const [functions, provider] = servers.map(({ addr }) => `http://127.0.0.1:${addr.port}`);
  Deno.env.set("FUNCTIONS_URL", `${functions}/functions/v1`);
  Deno.env.set("PROVIDER_URLS", JSON.stringify({ calendly: provider }));
  Deno.env.set("CALENDLY_CLIENT_ID", "demo-client");
  Deno.env.set("CALENDLY_CLIENT_SECRET", "demo-secret");

  const world: World = {
    database,
    sql,
    calendly,
    organization: calendly.organization("acme"),
    functions: `${functions}/functions/v1`,
    isUp: true,
    now,
    async pass(seconds) {
      late += seconds;
      await moveClock(sql, late);
    },
    async work(workers = 1) {
      const handlers = [watchCalendly, reconcileCalendly];
      await sql`select private.refresh_jobs()`;
      await Promise.all(Array.from({ length: workers }, async () => {
        await using setting = workerOn(database, handlers, {}, undefined, now);
        await setting.worker.drain(never);
      }));
    },
    async [Symbol.asyncDispose]() {
      await calendly.close();
      stop.abort();
      await Promise.all([...servers.map(({ finished }) => finished), ...pools.map((one) => one.end())]);
      await database.drop();
    },
  };
  return world;
}

/** A link as the API makes it; answers its token. */
export async function makeLink(sql: postgres.Sql, token: string = crypto.randomUUID()): Promise<string> {
  await sql`select integrations.create_calendly_link(${client}, sha256(convert_to(${token}, 'UTF8')))`;
  return token;
}

/** What a browser does: follows redirects by itself and brings cookies along. */
export async function browse(url: string, cookies = new Map<string, string>()): Promise<Response> {
  for (let hop = 0; hop < 5; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      cookies.set(name!, value!);
    }
    const target = response.headers.get("location");
    if (target === null) return response;
    await response.body?.cancel();
    url = target;
  }
  throw new Error("Too many redirects.");
}

/** A client that is connected, with its subscription. */
export async function connect(world: World): Promise<void> {
  const response = await browse(`${world.functions}/calendly-connect/start/${await makeLink(world.sql)}`);
  await response.text();
  if (response.status !== 200) throw new Error(`Not connected: ${response.status}`);
  await world.work();
}

export async function connection(sql: postgres.Sql) {
  const [row] = await sql`select * from public.calendly_integrations where client = ${client}`;
  return row!;
}

export async function notices(sql: postgres.Sql): Promise<[kind: string, text: string][]> {
  const rows = await sql<{ kind: string; text: string }[]>`
    select kind, text from integrations.notices order by created_at, kind`;
  return rows.map(({ kind, text }) => [kind, text]);
}
