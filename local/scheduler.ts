// What pg_cron's and pg_net's background workers do on Supabase: runs due rows of cron.job and sends what stands in
// net.http_request_queue. Leaves the real extensions alone.

import { setTimeout as pause } from "node:timers/promises";
import { Cron } from "croner";
import type postgres from "postgres";
import { connect } from "./platform.ts";

interface Job {
  jobid: string;
  schedule: string;
  command: string;
  database: string;
  username: string;
  jobname: string | null;
}

interface Planned {
  schedule: string;
  next: number;
  isRunning: boolean;
}

export interface SchedulerOptions {
  /** A role that may read cron.job and write cron.job_run_details and net's tables. */
  url: string;
  /** Where a job's own connection goes. */
  urlOf: (database: string, username: string) => string;
  say?: (line: string) => void;
}

export interface Scheduler {
  stop(): Promise<void>;
}

export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const sql = connect(options.url, { max: 2 });
  const [has] = await sql`
    select
      to_regprocedure('cron._caller()') is not null as cron,
      to_regclass('net.http_request_queue') is not null
        and to_regprocedure('net._enqueue(text,text,jsonb,jsonb,jsonb,integer)') is not null as net`;
  const stopping = new AbortController();
  // What is cut off by the end is no news.
  const say = (line: string) => stopping.signal.aborted || options.say?.(line);
  const loops = [
    has!.cron ? every(250, cronTick(sql, { ...options, say }), stopping.signal) : undefined,
    has!.net ? every(200, netTick(sql, { ...options, say }), stopping.signal) : undefined,
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
      await sql.end({ timeout: 2 });
    },
  };
}

/** Runs `tick` again and again; a database that is away for a while is no reason to stop. */
async function every(milliseconds: number, tick: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tick().catch(() => {});
    await pause(milliseconds, undefined, { signal }).catch(() => {});
  }
}

// Jobs -----------------------------------------------------------------------------------------------------------

function cronTick(sql: postgres.Sql, options: SchedulerOptions): () => Promise<void> {
  const plan = new Map<string, Planned>();
  let isFirst = true;
  return async () => {
    if (isFirst) await failInterrupted(sql);
    const jobs = await sql<
      Job[]
    >`select jobid, schedule, command, database, username, jobname from cron.job where active`;
    for (const id of plan.keys()) if (!jobs.some((job) => job.jobid === id)) plan.delete(id);
    for (const job of jobs) {
      const now = Date.now();
      let planned = plan.get(job.jobid);
      if (planned?.schedule !== job.schedule) {
        planned = { schedule: job.schedule, next: nextRun(job.schedule, now, isFirst), isRunning: false };
        plan.set(job.jobid, planned);
      }
      // A run that takes longer than its interval is followed by the next one, never joined by it.
      if (planned.next > now || planned.isRunning) continue;
      planned.next = nextRun(job.schedule, now);
      planned.isRunning = true;
      runJob(sql, job, options).finally(() => (planned.isRunning = false));
    }
    isFirst = false;
  };
}

/** When a schedule is due next, in milliseconds; pg_cron counts in UTC, and so does this. */
export function nextRun(schedule: string, after: number, atStart = false): number {
  const seconds = /^\s*(\d+)\s+seconds?\s*$/i.exec(schedule);
  if (seconds) return after + Number(seconds[1]) * 1000;
  if (/^\s*@reboot\s*$/i.test(schedule)) return atStart ? after : Infinity;
  // pg_cron's last day of the month is `$`, croner's is `L`.
  const pattern = schedule.trim().replace("$", "L").replace(/^@midnight$/i, "@daily");
  return new Cron(pattern, { timezone: "UTC" }).nextRun(new Date(after))?.getTime() ?? Infinity;
}

async function failInterrupted(sql: postgres.Sql): Promise<void> {
  await sql`
    update cron.job_run_details
    set status = 'failed', return_message = 'server restarted', end_time = clock_timestamp()
    where status in ('starting', 'running')`;
}

async function runJob(sql: postgres.Sql, job: Job, { urlOf, say }: SchedulerOptions): Promise<void> {
  const client = connect(urlOf(job.database, job.username), { connection: { application_name: "pg_cron" } });
  let runid: string | undefined;
  try {
    const [backend] = await client`
      select
        pg_backend_pid() as pid,
        case when current_user <> ${job.username} then set_config('role', ${job.username}, false) end`;
    const [run] = await sql`
      insert into cron.job_run_details (jobid, job_pid, database, username, command, status, start_time)
      values (${job.jobid}, ${
      backend!.pid
    }, ${job.database}, ${job.username}, ${job.command}, 'running', clock_timestamp())
      returning runid`;
    runid = run!.runid;
    await finish(sql, runid!, "succeeded", tagOf(await client.unsafe(job.command).simple()));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say?.(`cron ${job.jobname ?? job.jobid} failed: ${message}`);
    if (runid) await finish(sql, runid, "failed", `ERROR:  ${message}`).catch(() => {});
  } finally {
    await client.end({ timeout: 1 });
  }
}

async function finish(sql: postgres.Sql, runid: string, status: string, message: string): Promise<void> {
  await sql`
    update cron.job_run_details
    set status = ${status}, return_message = ${message}, end_time = clock_timestamp()
    where runid = ${runid}`;
}

function tagOf(results: unknown): string {
  const last = (Array.isArray(results) && Array.isArray(results[0]) ? results.at(-1) : results) as {
    command: string;
    count: number | null;
  };
  if (last.command === "SELECT") return `${last.count} ${last.count === 1 ? "row" : "rows"}`;
  return [last.command, last.count].filter((part) => part !== null && part !== undefined).join(" ");
}

// Requests -------------------------------------------------------------------------------------------------------

interface Queued {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string> | null;
  body: Uint8Array | null;
  timeout_milliseconds: number;
}

interface Answer {
  status_code: number | null;
  content_type: string | null;
  headers: Record<string, string> | null;
  content: string | null;
  timed_out: boolean;
  error_msg: string | null;
}

/** As with pg_net, a request is taken out of the queue before it is sent: once at most, never twice. */
function netTick(sql: postgres.Sql, { say }: SchedulerOptions): () => Promise<void> {
  let sweptAt = 0;
  return async () => {
    const requests = await sql<Queued[]>`
      delete from net.http_request_queue
      where id = any(array(select id from net.http_request_queue order by id limit 50 for update skip locked))
      returning id, method, url, headers, body, timeout_milliseconds`;
    for (const request of requests) {
      send(request).then(async (answer) => {
        say?.(`pg_net ${request.method} ${request.url.split("?")[0]}  ${answer.status_code ?? answer.error_msg}`);
        await sql`insert into net._http_response ${sql({ id: request.id, ...answer } as Record<string, unknown>)}`;
      }).catch(() => {});
    }
    if (Date.now() - sweptAt > 60_000) {
      sweptAt = Date.now();
      await sql`delete from net._http_response where created < now() - interval '6 hours'`;
    }
  };
}

export async function send(request: Queued): Promise<Answer> {
  try {
    const response = await fetch(request.url, {
      method: request.method.toUpperCase(),
      headers: { "user-agent": "pg_net/0.20.0", ...request.headers },
      body: request.body as BodyInit | null,
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeout_milliseconds),
    });
    const content = (await response.text()).replaceAll("\0", "");
    const headers = Object.fromEntries(response.headers);
    const contentType = response.headers.get("content-type");
    return { ...nothing, status_code: response.status, content_type: contentType, headers, content };
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      const message = `Timeout of ${request.timeout_milliseconds} ms reached`;
      return { ...nothing, timed_out: true, error_msg: message };
    }
    const { message, cause } = error as Error;
    return { ...nothing, error_msg: cause instanceof Error ? cause.message : message };
  }
}

const nothing: Answer = {
  status_code: null,
  content_type: null,
  headers: null,
  content: null,
  timed_out: false,
  error_msg: null,
};
