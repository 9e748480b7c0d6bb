// Mailboxes: an order at InboxKit from its draft to inboxes in EmailBison, through the API, and the check of every inbox.
import type postgres from "postgres";
import { connect } from "../../../local/platform.ts";
import { demoToken, developmentJwtSecret } from "../../../local/demo_access.ts";
import { instanceUrl, northwind } from "../../agency.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";

interface Order {
  id: string;
  order_ref: string;
  status: string;
  csv_data: string | null;
  failure_reason: string | null;
}

const names = [{ first_name: "Maya", last_name: "Chen" }, { first_name: "Leo", last_name: "Brandt" }];

export async function playMailboxes(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const sql = connect(stage.database);
  try {
    const api = await client(stage);
    return [await orderMailboxes(stage, api), await checkHealth(sql)];
  } finally {
    await sql.end();
  }
}

async function orderMailboxes(stage: Stage, api: Api): Promise<Result> {
  const domain = `northwind-${Date.now().toString(36)}.example`;
  const draft: Order = await api("POST", "/provider-orders", {
    client: northwind.name,
    provider: "inboxkit",
    domains: [domain],
    names,
    per_domain: 3,
  });
  console.log(`\n Mailboxes: order ${draft.order_ref}, three on ${domain}`);
  await api("POST", `/provider-orders/${draft.id}/export`);
  const { csv_data } = await api<Order>("GET", `/provider-orders/${draft.id}`);
  await api("POST", `/provider-orders/${draft.id}/submit`);
  await api("POST", `/provider-orders/${draft.id}/submit`);
  const order = await untilEnded(api, draft.id);
  console.log(`   exported, looked at, submitted: ${order.status}${order.failure_reason ?? ""}`);

  const { data: mailboxes } = await api<{ data: { email: string; status: string }[] }>(
    "GET",
    `/ordered-mailboxes?order_id=${draft.id}`,
  );
  for (const [n, { email }] of mailboxes.entries()) await connectInbox(stage, email, Date.now() % 1e9 + n);
  const { data: [part] } = await api<{ data: { inbox_set_id: string; inboxes_created: number }[] }>(
    "GET",
    `/inbox-orders?order_id=${draft.id}`,
  );
  const set = await api<{ connected_count: number }>("GET", `/inbox-sets/${part!.inbox_set_id}`);
  console.log(`   EmailBison is connected with ${set.connected_count} of them`);
  return compare({
    "lines of the CSV file": [csv_data?.trim().split("\r\n").length, 4],
    "state of the order": [order.status, "completed"],
    "mailboxes that the provider has": [await boughtOn(stage, domain), 3],
    "mailboxes that are active": [mailboxes.filter(({ status }) => status === "active").length, 3],
    "inboxes created": [part!.inboxes_created, 3],
    "inboxes connected in the set": [set.connected_count, 3],
  });
}

async function untilEnded(api: Api, id: string): Promise<Order> {
  for (const end = Date.now() + 90_000; Date.now() < end;) {
    const order = await api<Order>("GET", `/provider-orders/${id}`);
    if (["completed", "failed"].includes(order.status)) return order;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("The order of mailboxes was not done within 90 s.");
}

/** As EmailBison tells that somebody added the mailbox there. */
async function connectInbox(stage: Stage, email: string, id: number): Promise<void> {
  const { id: workspace_id, name: workspace_name } = northwind.workspace;
  await ask(`${stage.functions}/bison-webhook/${northwind.bisonToken}`, "POST", {
    event: {
      type: "EMAIL_ACCOUNT_ADDED",
      name: "Email Account Added",
      instance_url: instanceUrl,
      workspace_id,
      workspace_name,
    },
    data: {
      sender_email: {
        id,
        email,
        name: "Maya Chen",
        type: "google_workspace_oauth",
        status: "Connected",
        daily_limit: 20,
      },
    },
  });
}

async function boughtOn(stage: Stage, domain: string): Promise<number> {
  const { state } = await ask(`${stage.simulators}/inboxkit/_simulator`, "GET") as {
    state: { mailboxes: { domain_name: string }[] };
  };
  return state.mailboxes.filter(({ domain_name }) => domain_name === domain).length;
}

/** As the clock does it; who was checked today already is not checked again. */
async function checkHealth(sql: postgres.Sql): Promise<Result> {
  await sql`select private.run_schedule('fill-inbox-analytics')`;
  await sql`select private.run_schedule('check-inbox-health')`;
  const rows = await sql<{ recommendation: string; inboxes: number }[]>`
    select h.recommendation, count(*)::integer as inboxes
    from public.inbox_health_checks h
    where h.checked_at > now() - interval '1 day'
    group by 1
    order by 1`;
  const [found] = await sql<[{ missing: number; doubled: number }]>`
    select
      (
        select count(*)::integer
        from public.inboxes i
        join integrations.tenants t on t.business = i.client
        where i.removed_at is null
          and i.lifecycle_status not in ('removed', 'cancelled')
          and extract(hour from now() at time zone t.time_zone) >= private.setting('inbox_health.hour')
          and not exists (
            select from public.inbox_health_checks h
            where h.client = i.client
              and h.inbox_id = i.bison_inbox_id::text
              and h.checked_on = (now() at time zone t.time_zone)::date
          )
      ) as missing,
      (
        select count(*)::integer
        from (select from public.inbox_health_checks group by client, inbox_id, checked_on having count(*) > 1) as d
      ) as doubled`;
  const told = rows.map(({ recommendation, inboxes }) => `${inboxes} to ${recommendation}`).join(", ");
  console.log(`   The check of every inbox: ${told || "due from three o'clock on, by each client's clock"}`);
  return compare({
    "inboxes without a check today": [found.missing, 0],
    "inboxes with two checks of a day": [found.doubled, 0],
  });
}

type Api = <T = Order>(method: string, path: string, body?: unknown) => Promise<T>;

async function client({ functions }: Stage): Promise<Api> {
  const token = await demoToken(Deno.env.get("API_JWT_SECRET") || developmentJwtSecret);
  return async <T>(method: string, path: string, body?: unknown) =>
    await ask(`${functions}/api/v1${path}`, method, body, { authorization: `Bearer ${token}` }) as T;
}

async function ask(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

function compare(figures: Record<string, [found: unknown, expected: unknown]>): Result {
  const wrong = Object.entries(figures).filter(([, [found, expected]]) => found !== expected);
  return {
    checked: Object.keys(figures).length,
    differences: wrong.map(([what, [found, expected]]) => `${what}: ${found} instead of ${expected}`),
  };
}
