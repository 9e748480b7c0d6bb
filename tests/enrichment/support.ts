// A database with keys at both simulated providers of data, a worker for their jobs, and the function that is called back.

import { createCompanyEnrichSimulator } from "../../simulators/companyenrich/mod.ts";
import { createStoreLeadsSimulator } from "../../simulators/storeleads/mod.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { createApp } from "../../supabase/functions/enrichment-callback/app.ts";
import { checkCredits } from "../../supabase/functions/jobs/handlers/check_credits.ts";
import { enrichCompany } from "../../supabase/functions/jobs/handlers/enrich_company.ts";
import { fetchIntelligence } from "../../supabase/functions/jobs/handlers/fetch_intelligence.ts";
import { fetchStores } from "../../supabase/functions/jobs/handlers/fetch_stores.ts";
import { orderEnrichment } from "../../supabase/functions/jobs/handlers/order_enrichment.ts";
import { pollEnrichment } from "../../supabase/functions/jobs/handlers/poll_enrichment.ts";
import { keys, moveClock, workerOn } from "../jobs/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";

const handlers = [enrichCompany, fetchIntelligence, orderEnrichment, pollEnrichment, fetchStores, checkCredits];

let database: TestDatabase | undefined;
/** Credits are counted by month: each test begins in the middle of one, two months after the test before it. */
const year = new Date().getUTCFullYear() + 1;
let month = 0;
/** How far the database's clock is ahead. */
let seconds = 0;

/** The database of the file, emptied for each test; call `tearDown` at the end. */
export async function setUp({ stores = 120, looks = 1, withKeys = true } = {}) {
  database ??= await createDatabase();
  const sql = database.sql();
  await sql`
    truncate integrations.enrichment_runs, integrations.provider_credits, integrations.provider_keys,
      integrations.storeleads_rows, integrations.notices, outbound.job_queue, public.master_companies_db,
      public.master_contacts_db, people.master, people.slot cascade`;
  await sql`update integrations.settings set value = 1000 where name = 'companyenrich.monthly_credits'`;
  await moveClock(sql, seconds = (Date.UTC(year, month += 2, 10, 12) - Date.now()) / 1000);
  const clock = () => new Date(Date.now() + seconds * 1000);
  const companyenrich = createCompanyEnrichSimulator({ perMinute: 1_000, looks, clock });
  const storeleads = createStoreLeadsSimulator({ perMinute: 1_000, stores, looks, clock });
  const lines: string[] = [];
  const { call, end } = openPatientPool(database.url("webhook_receiver"));
  const callback = createApp({ call, log: createLog("debug", (line) => lines.push(line)) });
  const apps = { companyenrich: companyenrich.app, storeleads: storeleads.app, functions: callback };
  const servers = Object.entries(apps).map(([name, app]) => ({
    name,
    server: Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => app.fetch(request)),
  }));
  const urls = Object.fromEntries(servers.map(({ name, server }) => [name, `http://127.0.0.1:${server.addr.port}`]));
  Deno.env.set("PROVIDER_URLS", JSON.stringify(urls));
  Deno.env.set("FUNCTIONS_URL", `${urls.functions}/functions/v1`);

  const box = createSecretBox(keys);
  if (withKeys) {
    await sql`insert into integrations.provider_keys (provider, api_key) values
      ('companyenrich', ${await box.seal("demo-companyenrich-key")}),
      ('storeleads', ${await box.seal("demo-storeleads-key")})`;
  }
  await sql`update outbound.rate_limits set amount = 1000, burst = 1000`;

  const { worker, queue } = workerOn(database, handlers);
  /** Does what is ready, then goes on as many minutes. */
  const work = async (minutes = 10) => {
    const summary = await worker.drain(new AbortController().signal);
    await moveClock(sql, seconds += minutes * 60);
    return summary;
  };
  return {
    sql,
    database: database!,
    companyenrich,
    storeleads,
    urls,
    lines,
    work,
    /** The runs, the oldest first. */
    runs: () =>
      sql`select id, kind, status, found, missing, charged_credits, reserved_credits, problem, page, provider_job_id
        from integrations.enrichment_runs order by created_at, id`,
    credits: () => sql`select provider, reserved, charged from integrations.provider_credits order by provider`,
    async [Symbol.asyncDispose]() {
      await queue.end();
      await Promise.all(servers.map(({ server }) => server.shutdown()));
      await end();
    },
  };
}

export async function tearDown(): Promise<void> {
  await database?.drop();
}
