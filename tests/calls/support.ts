// Two clients, a simulated Fathom, our webhook function in front of the database, and a worker that does the jobs.

import { Hono } from "hono";
import type postgres from "postgres";
import { createFathomSimulator, type FathomSimulator } from "../../simulators/fathom/mod.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { createApp } from "../../supabase/functions/fathom-webhook/app.ts";
import { connectFathom } from "../../supabase/functions/jobs/handlers/connect_fathom.ts";
import { fetchFathomCall } from "../../supabase/functions/jobs/handlers/fetch_fathom_call.ts";
import { syncFathom } from "../../supabase/functions/jobs/handlers/sync_fathom.ts";
import { keys, moveClock, workerOn } from "../jobs/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";

export const box = createSecretBox(keys);
export const ada = { name: "Ada Stone", email: "ada@northwind.example" };
export const stranger = { name: "Sam Doe", email: "sam@gmail.com" };
const never = new AbortController().signal;

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  fathom: FathomSimulator;
  account: string;
  pass(seconds: number): Promise<void>;
  /** Does all jobs that are due. */
  work(): Promise<void>;
  /** Has the next calls below a path answered badly. */
  spoil(path: string, answer: string, times?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const database = await createDatabase();
  const sql = database.sql();
  await sql`
    insert into public."Clients" ("Business", "Website")
    values ('Northwind Robotics', 'northwind.example'), ('Bluebird Logistics', 'bluebird.example')`;
  await sql`delete from outbound.job_limits`;
  const fathom = createFathomSimulator({ keys: ["key"], delivery: { timeoutMs: 60_000, retryWaitsMs: [] } });

  const pool = openPatientPool(database.url("webhook_receiver"));
  const webhook = createApp({ call: pool.call, secrets: box, log: createLog("error", () => {}), now: Date.now });
  const app = new Hono().all("/functions/v1/fathom-webhook/*", (c) => webhook.fetch(c.req.raw));
  const stop = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const servers = [Deno.serve(options, app.fetch), Deno.serve(options, fathom.app.fetch)];
  const [functions, provider] = servers.map(({ addr }) => `http://127.0.0.1:${addr.port}`);
  Deno.env.set("FUNCTIONS_URL", `${functions}/functions/v1`);
  Deno.env.set("PROVIDER_URLS", JSON.stringify({ fathom: `${provider}/external/v1` }));

  const [{ id }] = await sql`
    select integrations.connect_fathom('Robin', ${await box.seal("key")}) as id` as unknown as [{ id: string }];
  let late = 0;
  return {
    database,
    sql,
    fathom,
    account: id,
    async pass(seconds) {
      late += seconds;
      await moveClock(sql, late);
    },
    async work() {
      await sql`select private.refresh_jobs()`;
      await using setting = workerOn(database, [connectFathom, syncFathom, fetchFathomCall]);
      await setting.worker.drain(never);
    },
    async spoil(path, answer, times = 1) {
      const body = JSON.stringify({ path, answer, times });
      const response = await fathom.app.request("/_simulator/faults", { method: "POST", body });
      if (!response.ok) throw new Error(await response.text());
    },
    async [Symbol.asyncDispose]() {
      await fathom.close();
      stop.abort();
      await Promise.all([...servers.map(({ finished }) => finished), pool.end()]);
      await database.drop();
    },
  };
}

export async function calls(sql: postgres.Sql) {
  return await sql`
    select client, title, transcript is not null as has_transcript, summary is not null as has_summary, status
    from public.client_fathom_calls order by title, client`;
}
