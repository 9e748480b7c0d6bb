// A new client's first night: its EmailBison workspace is read page by page, then an hour of events that never came by
// webhook is taken in from EmailBison's own list.
import { createHash } from "node:crypto";
import type postgres from "postgres";
import { connect } from "../../../local/platform.ts";
import { developmentKeys } from "../../../local/stack.ts";
import { createSecretBox } from "../../../supabase/functions/_shared/secrets.ts";
import { instanceUrl } from "../../agency.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";

const client = "Harbor Analytics";
const workspace = { id: 13, name: client, apiToken: "13|demo-bison-api-harbor", timeZone: "Europe/Berlin" };
const past = { campaigns: 4, days: 14, inboxes: 60, leads: 25 };
const lost = 12;

export async function playSync(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const bison = `${stage.simulators}/bison`;
  const sql = connect(stage.database);
  try {
    console.log(`\n A night: all of ${client}'s EmailBison workspace is read`);
    await post(`${bison}/_simulator/workspaces`, { ...workspace, ...past });
    await addClient(sql);
    await sql`select integrations.start_bison_sync(${client})`;
    await untilRead(sql);
    const night = await checkNight(sql, bison);
    console.log(`   ${past.campaigns} campaigns x ${past.days} days and ${past.inboxes} inboxes`);

    const people = await writeUnheard(bison);
    await sql`select integrations.start_sync(${client}, 'events')`;
    await untilRead(sql);
    const healed = await checkHealed(sql, people);
    console.log(`   ${people.length} mails that no webhook told of were found in EmailBison's list`);
    return [night, healed];
  } finally {
    await sql.end();
  }
}

async function addClient(sql: postgres.Sql): Promise<void> {
  const secrets = createSecretBox(Deno.env.get("MILLRACE_SECRET_KEYS") ?? developmentKeys);
  const access = { instance_url: instanceUrl, workspace_id: `${workspace.id}` };
  const token = createHash("sha256").update("demo-bison-harbor").digest("hex");
  await sql`
    select integrations.provision_tenant(
      ${client}, ${workspace.timeZone},
      p_bison => ${sql.json({ ...access, api_key: await secrets.seal(workspace.apiToken) })},
      p_endpoints => ${sql.json([{ provider: "bison", token_hash: token, ...access }])}
    )`;
}

/** Mails whose events are not delivered. */
async function writeUnheard(bison: string): Promise<string[]> {
  const people = Array.from({ length: lost }, (_, n) => `visitor${n}.${Date.now()}@port.example`);
  for (const email of people) {
    await post(`${bison}/_simulator/send`, { workspace: workspace.id, lead: { email }, deliver: { hold: true } });
  }
  return people;
}

async function untilRead(sql: postgres.Sql): Promise<void> {
  for (const end = Date.now() + 90_000; Date.now() < end;) {
    const [row] = await sql`
      select
        exists (select from integrations.sync_cursors where client = ${client} and state = 'running')
        or exists (
          select from outbound.job_queue
          where queue_name = 'sync' and status in ('waiting', 'delayed', 'active') and payload ->> 'client' = ${client}
        ) as busy`;
    if (!row!.busy) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${client} was not read within 90 s.`);
}

async function checkNight(sql: postgres.Sql, bison: string): Promise<Result> {
  const [found] = await sql`
    select
      (select count(*)::int from public."Campaigns" where client = ${client}) as campaigns,
      (
        select count(*)::int from public.inboxes
        where client = ${client} and warmup_reputation is not null and removed_at is null
      ) as inboxes,
      (select string_agg(distinct state, ', ') from integrations.sync_cursors where client = ${client}) as lists,
      (select count(*)::int from private.recount_counters(${client})) as miscounted`;
  const differences: string[] = [];
  let checked = 0;
  const same = (what: string, is: unknown, expected: unknown) => {
    checked++;
    if (is !== expected) differences.push(`${client}, ${what}: ${is} instead of ${expected}`);
  };
  same("campaigns", found!.campaigns, past.campaigns);
  same("inboxes with warm-up figures", found!.inboxes, past.inboxes);
  same("state of every list", found!.lists, "idle");
  same("counters that a recount corrects", found!.miscounted, 0);
  const ours = new Map((await sql`
    select date::text, sum(emails_sent)::int as sent, sum(interested)::int as interested
    from public.campaign_reporting
    where client = ${client} and figures_at is not null
    group by date`).map(({ date, ...figures }) => [date as string, figures]));
  const series = await statistics(bison);
  for (const [label, name] of [["Sent", "sent"], ["Interested", "interested"]] as const) {
    for (const [day, count] of series.get(label)!) same(`${name} on ${day}`, ours.get(day)?.[name], count);
  }
  return { checked, differences };
}

/** EmailBison's own series of the days before today. */
async function statistics(bison: string): Promise<Map<string, [string, number][]>> {
  const day = (ago: number) =>
    new Date(Date.now() - ago * 86_400_000).toLocaleDateString("sv-SE", { timeZone: workspace.timeZone });
  const response = await fetch(
    `${bison}/api/campaign-events/stats?start_date=${day(past.days - 1)}&end_date=${day(1)}`,
    {
      headers: { authorization: `Bearer ${workspace.apiToken}` },
    },
  );
  const { data } = await response.json() as { data: { label: string; dates: [string, number][] }[] };
  return new Map(data.map(({ label, dates }) => [label, dates]));
}

async function checkHealed(sql: postgres.Sql, people: string[]): Promise<Result> {
  const rows = await sql`
    select email, emails_sent from public.all_leads where client = ${client} and email = any(${people})`;
  const missing = people.filter((email) => !rows.some((row) => row.email === email && row.emails_sent === 1));
  return { checked: people.length, differences: missing.map((email) => `${email} was not taken in`) };
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}
