// Online stores: listed by StoreLeads page by page, made companies and contacts, some of them enriched by CompanyEnrich; and
// what it cost. Played again, nothing is asked for or written twice but the pages.
import { setTimeout as sleep } from "node:timers/promises";
import { demoToken, developmentJwtSecret } from "../../../local/demo_access.ts";
import { connect } from "../../../local/platform.ts";
import { storeOf } from "../../storeleads/mod.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";
import { dim } from "../table.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** Those of the simulator that are open. */
const stores = Array.from({ length: 120 }, (_, n) => storeOf(n)).filter(({ state }) => state === "Active");
const addresses = stores.flatMap(({ contact_info }) => contact_info.filter(({ type }) => type === "email"));
const domains = stores.slice(0, 12).map(({ name }) => name);
const patience = 90_000;

export async function playStores(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const api = await apiOf(stage);
  const result: Result = { checked: 0, differences: [] };
  const same = (what: string, found: unknown, expected: unknown) => {
    result.checked++;
    if (found !== expected) result.differences.push(`${what}: ${found} instead of ${expected}`);
  };

  const { run_id } = await api("POST", "/enrichment-runs/stores", {});
  const run = await until(() => api("GET", `/enrichment-runs/${run_id}`), isOver);
  same("run of the stores", run.status, "completed");
  say(`StoreLeads listed its stores on ${run.page + 1} pages; ${run.found} are new or changed`);

  const steps = await api("POST", "/stores/advance", {});
  const now = await readStores(stage);
  same("stores processed", now.processed, stores.length);
  same("contacts of them", now.contacts, addresses.length);
  say(`${steps.processed} processed now, ${now.processed} in all: each a company, ${now.contacts} with an address`);

  const asked = await api("POST", "/enrichment-runs/companies", { domains });
  for (const id of asked.run_ids) {
    const order = await until(() => api("GET", `/enrichment-runs/${id}`), isOver);
    same("order of companies", order.status, "completed");
    say(`CompanyEnrich knew ${order.found} of ${asked.domains} for ${order.charged_credits} credits`);
  }
  if (asked.run_ids.length === 0) say("CompanyEnrich was asked before, and its answers are fresh");
  same("companies enriched", (await readStores(stage)).enriched, domains.length);
  const { data: credits } = await api("GET", "/provider-credits");
  for (const { provider, charged, reserved } of credits) {
    say(`${provider}: ${charged} credits this month, ${reserved} held`);
  }
  return [result];
}

const isOver = ({ status }: Json) => ["completed", "stopped", "failed"].includes(status);

async function readStores({ database }: Stage): Promise<{ processed: number; contacts: number; enriched: number }> {
  const sql = connect(database);
  try {
    const names = stores.map(({ name }) => name);
    const [row] = await sql<[{ processed: number; contacts: number; enriched: number }]>`
      select
        (select count(*)::int from public.eligible_storeleads_10k
         where status = 'processed' and domain_norm = any(${names})) as processed,
        (select count(*)::int from public.master_contacts_db where company_domain = any(${names})) as contacts,
        (select count(*)::int from public.master_companies_db
         where last_enriched is not null and company_name is not null and company_domain = any(${domains})) as enriched`;
    return row;
  } finally {
    await sql.end();
  }
}

async function apiOf({ functions }: Stage) {
  const token = await demoToken(Deno.env.get("API_JWT_SECRET") || developmentJwtSecret);
  return async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(`${functions}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${answer.detail ?? answer.title}`);
    }
    return answer;
  };
}

async function until(look: () => Promise<Json>, isDone: (found: Json) => unknown): Promise<Json> {
  for (const end = Date.now() + patience;;) {
    const found = await look();
    if (isDone(found)) return found;
    if (Date.now() > end) throw new Error(`Not done within ${patience / 1_000} s: ${JSON.stringify(found)}`);
    await sleep(500);
  }
}

function say(line: string): void {
  console.log(` ${dim("stores")}  ${line}`);
}
