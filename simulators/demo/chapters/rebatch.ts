// The weekly rebatch of a client from its plan to the end: planned through the API, approved by two people at once with
// signed clicks of the simulated Slack, carried out at the simulated EmailBison by the running worker.
import { setTimeout as sleep } from "node:timers/promises";
import { demoToken, developmentJwtSecret } from "../../../local/demo_access.ts";
import { connect } from "../../../local/platform.ts";
import { bluebird } from "../../agency.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";
import { dim } from "../table.ts";

// deno-lint-ignore no-explicit-any
type Json = any;
type Ask = (method: string, path: string, body?: unknown) => Promise<Json>;

const client = bluebird.name;
const people = ["U0ADA", "U0GRACE"];
const patience = 90_000;

export async function playRebatch(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const result: Result = { checked: 0, differences: [] };
  const same = (what: string, found: unknown, expected: unknown) => {
    result.checked++;
    if (`${found}` !== `${expected}`) result.differences.push(`${what}: ${found} instead of ${expected}`);
  };
  await prepareFleet(stage);
  const api = asking(
    `${stage.functions}/api/v1`,
    await demoToken(Deno.env.get("API_JWT_SECRET") || developmentJwtSecret),
  );
  const slack = asking(`${stage.simulators}/slack/_simulator`);
  const bison = asking(`${stage.simulators}/bison/api`, bluebird.workspace.apiToken);

  const planned = await api("POST", "/rebatch-runs", { client });
  say(
    `${client} must send ${planned.daily_send_goal} mails a day: cancel ${planned.domains_to_cancel}, activate ` +
      `${planned.domains_to_activate}, buy ${planned.domains_to_buy}`,
  );
  same("domains to cancel", planned.domains_to_cancel, "bluebird-haul.example");
  same("domains to activate", planned.domains_to_activate, "bluebird-cargo.example");
  same("domains to buy", planned.domains_to_buy, 0);

  const { slack_message_ts: ts } = await until(
    () => api("GET", `/rebatch-runs/${planned.id}`),
    (run) => run.slack_message_ts,
  );
  const { whispers: earlier } = await slack("GET", "/");
  const { answers } = await slack("POST", "/click", { users: people, ts, choice: "approved" });
  same("answers to the two clicks", answers.map(({ status }: Json) => status), [200, 200]);
  const run = await until(
    () => api("GET", `/rebatch-runs/${planned.id}`),
    ({ status }) => ["executed", "failed", "rejected"].includes(status),
  );
  const first = run.executed_by?.replace("slack:", "");
  const second = people.find((one) => one !== first);
  say(`${people.join(" and ")} press Approve at once: ${first} decides`);
  same("who approved is one of the two", people.includes(first), true);
  same(`status (${run.error_message ?? "no error"})`, run.status, "executed");

  const limits: Record<string, number> = {};
  for (const { id, email } of bluebird.workspace.senders ?? []) {
    limits[email] = (await bison("GET", `/sender-emails/${id}`)).data.daily_limit;
  }
  same("limit of an inbox that is given up", limits["tom@bluebird-haul.example"], 0);
  same("limit of an inbox that was in reserve", limits["tom@bluebird-cargo.example"], 20);
  same("limit of an inbox that stays in reserve", limits["tom@bluebird-spare.example"], 0);
  say(`${run.domains_to_cancel} sends nothing now, ${run.domains_to_activate} does`);

  const told = await until(
    () => slack("GET", "/"),
    ({ messages }) => shows(messages, ts, "Done: 1 canceled, 1 activated"),
  );
  same("the message says how it ended", shows(told.messages, ts, "Done: 1 canceled, 1 activated"), true);
  same("the message has no button any more", shows(told.messages, ts, "button"), false);
  const later = async () =>
    (await slack("GET", "/")).whispers.slice(earlier.length).filter(({ text }: Json) =>
      text.includes(`Rebatch of ${client}, ${run.run_date} is already`)
    );
  const whispers = await until(later, ({ length }) => length);
  same("who is told that somebody else decided", whispers.map(({ user }: Json) => user), second);
  say(`${second} is told: ${whispers[0]?.text}`);

  const { body } = await slack("POST", "/command", { user: people[0], text: "client bluebird" });
  same("answer to /millrace client", JSON.parse(body).text.startsWith(`*${client}*`), true);
  return [result];
}

/** Four domains, of which the last check found one wanting and two are in reserve. */
async function prepareFleet({ database }: Stage): Promise<void> {
  const sql = connect(database);
  try {
    await sql`
      insert into integrations.client_settings (client, name, value)
      values (${client}, 'rebatch.sends_per_inbox', 20), (${client}, 'rebatch.insurance_share', 30)
      on conflict (client, name) do update set value = excluded.value`;
    await sql`update public.client_targets set emails_per_day = 60 where client = ${client}`;
    await sql`
      insert into public.inboxes (client, bison_inbox_id, name, email, domain, type, daily_limit, lifecycle_status)
      select
        ${client}, i.id, i.name, i.email, split_part(i.email, '@', 2), 'google_workspace_oauth', i.daily_limit,
        case when i.email ~ '(cargo|spare)' then 'insurance' else 'active' end
      from jsonb_to_recordset(${sql.json(bluebird.workspace.senders as never)}) as i (
        id integer, name text, email text, daily_limit integer
      )
      on conflict (client, bison_inbox_id) do update
      set daily_limit = excluded.daily_limit, lifecycle_status = excluded.lifecycle_status, status = 'Connected',
        last_event_at = now()`;
    await sql`
      insert into public.inbox_health_checks
        (client, inbox_id, inbox_email, domain, sent_count, reply_count, health_score, recommendation, checked_on, checked_at)
      select
        i.client, i.bison_inbox_id::text, i.email, i.domain, 100, case when i.domain ~ 'haul' then 0 else 3 end,
        case when i.domain ~ 'haul' then 25 when i.domain ~ 'cargo' then 98 else 92 end,
        case when i.domain ~ 'haul' then 'cancel' else 'keep' end, (now() at time zone 'Europe/London')::date, now()
      from public.inboxes i
      where i.client = ${client} and i.removed_at is null
      on conflict (client, inbox_id, checked_on) do update
      set sent_count = excluded.sent_count, reply_count = excluded.reply_count, health_score = excluded.health_score,
        recommendation = excluded.recommendation, checked_at = excluded.checked_at`;
  } finally {
    await sql.end();
  }
}

function shows(messages: Json[], ts: string, words: string): boolean {
  return messages.some((one) => one.ts === ts && JSON.stringify(one.blocks).includes(words));
}

function asking(base: string, token?: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(base + (path === "/" ? "" : path), {
      method,
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
}

async function until(look: () => Promise<Json>, isDone: (found: Json) => unknown): Promise<Json> {
  for (const end = Date.now() + patience;;) {
    const found = await look();
    if (isDone(found) || Date.now() > end) return found;
    await sleep(300);
  }
}

function say(line: string): void {
  console.log(` ${dim("rebatch")}  ${line}`);
}
