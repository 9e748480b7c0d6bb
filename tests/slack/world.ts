// A workspace that the agency's Slack app is in: the simulated Slack, functions/slack on a port, and a worker.

import type postgres from "postgres";
import { type BisonSimulator, createBisonSimulator } from "../../simulators/bison/mod.ts";
import { createSlackSimulator, type SlackOptions, type SlackSimulator } from "../../simulators/slack/mod.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { runRebatchStep } from "../../supabase/functions/jobs/handlers/run_rebatch_step.ts";
import {
  postSlackMessage,
  updateSlackMessage,
  whisperSlackMessage,
} from "../../supabase/functions/jobs/handlers/slack_messages.ts";
import { createApp } from "../../supabase/functions/slack/app.ts";
import { keys, moveClock, workerOn } from "../jobs/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";

export const client = "Acme";
export const box = createSecretBox(keys);
export const signingSecret = "signing-secret";
/** How long Slack waits here, in milliseconds: what a busy machine does to an answer is not what is tried. */
const longEnough = 150_000;

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  slack: SlackSimulator;
  bison: BisonSimulator;
  lines: string[];
  /** Has the worker do every job that is ready. */
  work(): Promise<void>;
  /** Seconds that have passed. */
  pass(seconds: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Options extends Partial<SlackOptions> {
  /** Of one channel's messages. */
  rate?: string;
  /** As the worker's. */
  patience?: number;
}

export async function openWorld(options: Options = {}): Promise<World> {
  const { rate = "1 millisecond", patience = 2_000, ...rest } = options;
  const database = await createDatabase();
  const sql = database.sql();
  const lines: string[] = [];
  const log = createLog("debug", (line) => lines.push(line));
  const pool = openPatientPool(database.url("webhook_receiver"), { deadline: longEnough });
  const app = serve(createApp({ call: pool.call, secrets: box, log, now: Date.now, patience: longEnough }));
  const slack = createSlackSimulator({
    requestUrl: `http://127.0.0.1:${app.addr.port}/slack`,
    signingSecret,
    burst: 1_000,
    timeoutMs: longEnough,
    ...rest,
  });
  const bison = createBisonSimulator({
    instanceUrl: "https://acme.bison.test",
    workspaces: [{
      id: 11,
      name: client,
      apiToken: "11|secret",
      senders: Array.from({ length: 12 }, (_, n) => ({
        id: n + 1,
        name: "Ada",
        email: `ada${n % 3}@${["one", "two", "three", "spare"][Math.floor(n / 3)]}.example`,
        daily_limit: n < 9 ? 30 : 0,
      })),
      campaigns: [],
    }],
  });
  const [slackApi, bisonApi] = [serve(slack.app), serve(bison.app)];
  Deno.env.set(
    "PROVIDER_URLS",
    JSON.stringify({
      slack: `http://127.0.0.1:${slackApi.addr.port}/api`,
      bison: `http://127.0.0.1:${bisonApi.addr.port}/api`,
    }),
  );
  await connectSlack(sql, slack);
  await sql`update outbound.rate_limits set per = ${rate}::interval where name in ('slack', 'slack_updates')`;
  const handlers = [postSlackMessage, updateSlackMessage, whisperSlackMessage, runRebatchStep];
  const setting = workerOn(database, handlers, { patience });
  let passed = 0;
  return {
    database,
    sql,
    slack,
    bison,
    lines,
    work: async () => {
      await setting.worker.drain(new AbortController().signal);
    },
    pass: async (seconds) => await moveClock(sql, passed += seconds),
    async [Symbol.asyncDispose]() {
      await setting[Symbol.asyncDispose]();
      await pool.end();
      await Promise.all([app.shutdown(), slackApi.shutdown(), bisonApi.shutdown(), bison.close()]);
      await database.drop();
    },
  };
}

async function connectSlack(sql: postgres.Sql, slack: SlackSimulator): Promise<void> {
  await sql`
    insert into integrations.slack_workspaces (workspace_id, app_id, name, bot_token, signing_secret, is_active)
    values (
      ${slack.workspaceId}, ${slack.appId}, 'Agency', ${await box.seal(slack.botToken)}, ${await box.seal(
    signingSecret,
  )}, true
    )`;
  await sql`insert into integrations.slack_channels (channel) values ('C0APPROVALS')`;
  await sql`insert into integrations.slack_users (slack_id, name) values ('U0ADA', 'Ada'), ('U0GRACE', 'Grace')`;
  await sql`
    insert into public."Clients" ("Business", "Api Key - Bison", "Client ID - Bison", "App URL- Bison")
    values (${client}, ${await box.seal("11|secret")}, '11', 'https://acme.bison.test')`;
  await sql`insert into integrations.notice_kinds (kind, description) values ('tested', 'For tests.')`;
}

function serve(app: { fetch(request: Request): Response | Promise<Response> }): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
}

export async function notify(sql: postgres.Sql, key: string): Promise<void> {
  await sql`select integrations.notify('tested', ${client}, ${key}, ${`Notice ${key}`})`;
}

/** One domain that is failing, two that are well, one in reserve. */
export async function buildFleet(sql: postgres.Sql): Promise<void> {
  await sql`insert into public.client_targets (client, emails_per_day) values (${client}, 200)`;
  await sql`
    insert into public.inboxes (bison_inbox_id, client, name, email, domain, daily_limit, lifecycle_status)
    select
      n + 1, ${client}, 'Ada', format('ada%s@%s.example', n % 3, d.name), d.name || '.example',
      case d.name when 'spare' then 0 else 30 end, case d.name when 'spare' then 'insurance' else 'active' end
    from generate_series(0, 11) as n
    cross join lateral (select (array['one', 'two', 'three', 'spare'])[n / 3 + 1] as name) as d`;
  await sql`
    insert into public.inbox_health_checks
      (client, inbox_id, inbox_email, domain, sent_count, reply_count, health_score, recommendation, checked_on)
    select
      client, bison_inbox_id::text, email, domain, 100, 2, case domain when 'two.example' then 20 else 95 end,
      case domain when 'two.example' then 'cancel' else 'keep' end, current_date
    from public.inboxes`;
}
