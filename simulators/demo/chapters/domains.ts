// A batch of domains, from a template to mailboxes with verified DNS: through the API and a signed click in the simulated
// Slack, and done by the running worker. The simulated registrar answers one question and sells one domain in ten seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { demoToken, developmentJwtSecret } from "../../../local/demo_access.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";
import { dim } from "../table.ts";

// deno-lint-ignore no-explicit-any
type Json = any;
type Ask = (method: string, path: string, body?: unknown) => Promise<Json>;
type Same = (what: string, found: unknown, expected: unknown) => void;

const client = "Northwind Robotics";
const decider = "U0ADA";
const patience = 120_000;

export async function playDomains(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const api = asking(
    `${stage.functions}/api/v1`,
    await demoToken(Deno.env.get("API_JWT_SECRET") || developmentJwtSecret),
  );
  const slack = asking(`${stage.simulators}/slack/_simulator`);
  const result: Result = { checked: 0, differences: [] };
  const same: Same = (what, found, expected) => {
    result.checked++;
    if (found !== expected) result.differences.push(`${what}: ${found} instead of ${expected}`);
  };

  // Other names each time: a domain is bought once.
  const base = `nw${Date.now().toString(36)}`;
  const template = await api("POST", "/domain-templates", {
    client,
    name: `Demo ${base}`,
    base_names: [base],
    prefixes: ["try", "get"],
    suffixes: [],
    tlds: [".co"],
  });
  const { generations: [run] } = await api("POST", `/domain-templates/${template.id}/generate`, {});
  say(`${run.generated_count} names made of "${base}"; the registrar answers one question in ten seconds`);
  const generation = await until(() => api("GET", `/domain-generations/${run.generation_id}`), (one) => one.checked_at);
  same("names available", generation.available_count, 2);
  const { data: checks } = await api("GET", `/domain-checks?generation_id=${run.generation_id}`);
  const quoted = checks.reduce((sum: number, { price }: Json) => sum + Math.round(price * 100), 0);

  const names = checks.map(({ domain_name }: Json) => domain_name).sort();
  const batch = await api("POST", "/purchase-batches", { client, domains: names, inbox_provider: "none" });
  same("price of the batch in cents", batch.quoted_cents, quoted);
  say(`${names.join(", ")} proposed for $${(quoted / 100).toFixed(2)}; ${decider} presses Approve`);
  same("answer to the click", await approve(slack, names[0]), 200);

  const bought = await until(() => api("GET", `/purchase-batches/${batch.id}`), (one) => one.status === "completed");
  same("domains bought", bought.domain_count, 2);
  same("who approved", (await api("GET", `/approvals/${batch.approval_id}`)).decided_by, `slack:${decider}`);
  same("dollars spent", bought.total_cost, quoted / 100);
  say(`${bought.domain_count} bought for $${bought.total_cost}, at the approved price`);

  await orderMailboxes(api, names);
  for (const name of names) await verify(api, name, same);
  const { data: inventory } = await api("GET", `/domain-inventory?purchase_batch_id=${batch.id}`);
  same("domains configured", inventory.filter(({ status }: Json) => status === "configured").length, 2);
  same("mailboxes ordered", inventory.map(({ inboxes_ordered }: Json) => inboxes_ordered).join(), "2,2");
  return [result];
}

/** The message is posted by a job. */
async function approve(slack: Ask, about: string): Promise<number> {
  await until(() => slack("GET", "/"), ({ messages }) => JSON.stringify(messages).includes(about));
  const { answers } = await slack("POST", "/click", { user: decider, choice: "approved", about });
  return answers[0].status;
}

/** Nothing more is needed: the provider is asked for the records of its domains. */
async function orderMailboxes(api: Ask, domains: string[]): Promise<void> {
  const { id, order_ref } = await api("POST", "/provider-orders", {
    client,
    provider: "missioninbox",
    domains,
    names: [{ first_name: "Maya", last_name: "Chen" }],
    per_domain: 2,
  });
  await api("POST", `/provider-orders/${id}/export`);
  await api("POST", `/provider-orders/${id}/submit`);
  say(`${order_ref}: two mailboxes on each ordered at MissionInbox, which names their records`);
}

async function verify(api: Ask, name: string, same: Same): Promise<void> {
  const { data: [{ id }] } = await api("GET", `/domains?domain_name=${name}`);
  const verified = await until(async () => {
    await api("POST", `/domains/${id}/verify`);
    await sleep(2_000);
    return await api("GET", `/domains/${id}`);
  }, (one) => one.dns_configured && one.dkim_configured);
  for (const what of ["spf", "dkim", "dmarc", "mx", "name_servers"]) {
    same(`${what} of ${name}`, verified[`${what}_configured`], true);
  }
  same(`health of ${name}`, verified.health_status, "healthy");
  say(`${name}: name servers, SPF, DKIM, DMARC and MX are written and seen`);
}

function asking(base: string, token?: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(base + (path === "/" ? "" : path), {
      method,
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(
        `${method} ${path} answered ${response.status}: ${answer.detail ?? answer.error ?? answer.title}`,
      );
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
  console.log(` ${dim("domains")}  ${line}`);
}
