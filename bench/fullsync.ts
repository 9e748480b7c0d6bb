// `npm run bench:fullsync [-- campaigns days inboxes]`: a new client's whole EmailBison workspace is read (50 campaigns x 90
// days and 3,600 inboxes unless told) by one worker from the simulated EmailBison, which refuses what is beyond its 3,000
// requests a minute. Fails when it refused any, when a page took more than one statement to store, when a figure is not
// as EmailBison has it, or when it took more than 1.2 times as long as that many requests must take at that rate.

import type postgres from "postgres";
import { giveHistory } from "../simulators/bison/mod.ts";
import { keys } from "../tests/jobs/support.ts";
import { startTestServer } from "../tests/support/server.ts";
import { client, openWorld, type World } from "../tests/sync/world.ts";
import { createLog } from "../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../supabase/functions/_shared/secrets.ts";
import { connectQueue, type Queue } from "../supabase/functions/jobs/queue.ts";
import { handlers } from "../supabase/functions/jobs/registry.ts";
import { createWorker, defaults } from "../supabase/functions/jobs/worker.ts";

const [campaigns, days, inboxes] = [50, 90, 3_600].map((usual, n) => Number(Deno.args[n] ?? usual)) as [
  number,
  number,
  number,
];
const perMinute = 3_000;
const goal = 1.2;

const server = await startTestServer({ durable: true });
let failures: string[];
try {
  await using world = await openWorld({ rateLimit: perMinute, workspaces: [workspace()] });
  giveHistory(world.workspace, { campaigns, days, inboxes }, new Date(), 1_000);
  console.log(`${campaigns} campaigns x ${days} days, ${inboxes.toLocaleString("en")} inboxes, one worker`);
  const { seconds, statements } = await readAll(world);
  failures = await judge(world, seconds, statements);
} finally {
  await server.stop();
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
Deno.exit(failures.length ? 1 : 0);

function workspace() {
  return { id: 11, name: client, apiToken: "11|secret", tags: [{ id: 51, name: "Warm" }] };
}

async function readAll({ database, sql, bison }: World): Promise<{ seconds: number; statements: Map<string, number> }> {
  const statements = new Map<string, number>();
  const queue = counting(queueOf(database.url("job_worker")), statements);
  const log = createLog("warn", (line) => console.log(line));
  const worker = createWorker({ queue, handlers, secrets: createSecretBox(keys), log, now: Date.now }, defaults);
  const stop = new AbortController();
  const progress = setInterval(() => {
    console.log(`  ${bison.rate.requests.toLocaleString("en").padStart(6)} requests, ${bison.rate.refused} refused`);
  }, 10_000);
  const began = performance.now();
  const running = worker.run(stop.signal);
  await sql`select integrations.start_bison_sync(${client})`;
  worker.wake();
  while (await isBusy(sql)) await new Promise((resolve) => setTimeout(resolve, 250));
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(progress);
  stop.abort();
  await running;
  await queue.end();
  return { seconds, statements };
}

function queueOf(url: string): Queue {
  const options = { queue: null, worker: "bench", lease: 30, connections: 10, deadline: 10_000, prepare: true };
  return connectQueue({ url, ...options });
}

/** Counts the calls that handlers make, by the function they call. */
function counting(queue: Queue, statements: Map<string, number>): Queue {
  const count = (text: string) => {
    const [name = "other"] = /integrations\.\w+/.exec(text) ?? [];
    statements.set(name, (statements.get(name) ?? 0) + 1);
  };
  const watched = (sql: postgres.Sql) =>
    new Proxy(sql, {
      apply(target, self, args) {
        if (Array.isArray(args[0]) && "raw" in args[0]) count(args[0].join("?"));
        return Reflect.apply(target, self, args);
      },
    });
  return new Proxy(queue, { get: (target, name) => name === "sql" ? watched(target.sql) : Reflect.get(target, name) });
}

async function isBusy(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql`
    select exists (select from outbound.job_queue where queue_name = 'sync' and status in ('waiting', 'active', 'delayed'))
      as busy`;
  return row!.busy;
}

async function judge(world: World, seconds: number, statements: Map<string, number>): Promise<string[]> {
  const { bison, sql } = world;
  const { requests, refused, peak } = bison.rate;
  const dictated = (requests / perMinute) * 60;
  const ratio = seconds / dictated;
  const stored = [...statements].filter(([name]) => name.includes(".store_")).reduce((sum, [, n]) => sum + n, 0);
  console.log(
    `${requests.toLocaleString("en")} requests, ${refused} refused, at most ${peak} in any minute (${perMinute})`,
  );
  console.log(`${stored.toLocaleString("en")} statements stored ${requests.toLocaleString("en")} pages`);
  console.log(
    `${seconds.toFixed(1)} s; the limit dictates ${dictated.toFixed(1)} s: ratio ${ratio.toFixed(2)}, goal ${goal}`,
  );
  return [
    ...(refused > 0 ? [`${refused} requests were beyond the limit`] : []),
    ...(stored !== requests ? [`${stored} statements for ${requests} pages`] : []),
    ...(ratio > goal ? [`ratio ${ratio.toFixed(2)}`] : []),
    ...await differences(world),
    ...(await sql`select job_type, last_error from outbound.job_queue where status = 'failed'`).map(({ last_error }) =>
      `a job is dead: ${last_error}`
    ),
  ];
}

async function differences({ sql, workspace }: World): Promise<string[]> {
  const [found] = await sql`
    select
      (select count(*)::int from public.inboxes where warmup_reputation is not null) as inboxes,
      (select count(*)::int from public."Campaigns") as campaigns,
      (select sum(emails_sent_count)::int from public.inboxes) as sent_by_inboxes,
      count(*)::int as days, sum(emails_sent)::int as sent, sum(unique_replies_per_contact)::int as replied,
      count(*) filter (where sequence_step_stats <> '[]')::int as with_steps
    from public.campaign_reporting
    where figures_at is not null`;
  const past = [...workspace.history.values()];
  const sum = (count: (one: typeof past[number]) => number) => past.reduce((total, one) => total + count(one), 0);
  const expected: Record<string, number> = {
    inboxes,
    campaigns,
    days: campaigns * days,
    with_steps: campaigns * days,
    sent: sum(({ sent }) => sent),
    replied: sum(({ replied }) => replied),
    sent_by_inboxes: [...workspace.senders.values()].reduce((total, { part }) => total + part.emails_sent, 0),
  };
  return Object.entries(expected).filter(([name, value]) => found![name] !== value)
    .map(([name, value]) => `${name}: ${found![name]} instead of ${value}`);
}
