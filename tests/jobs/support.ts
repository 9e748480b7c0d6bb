// A queue to try workers on: handlers made up by the test, effects written to a table of their own, a clock to move.

import type postgres from "postgres";
import { createLog, type Log } from "../../supabase/functions/_shared/log.ts";
import type { JobHandler } from "../../supabase/functions/_shared/jobs.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { connectQueue, type Queue, type QueueOptions } from "../../supabase/functions/jobs/queue.ts";
import { createWorker, defaults, type Worker, type WorkerOptions } from "../../supabase/functions/jobs/worker.ts";
import type { TestDatabase } from "../support/database.ts";

export const keys = "test:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=";

export function queueOf(database: TestDatabase, options: Partial<QueueOptions> = {}): Queue {
  return connectQueue({
    url: database.url("job_worker"),
    queue: null,
    worker: "tester",
    lease: 30,
    connections: 4,
    deadline: 60_000,
    prepare: true,
    ...options,
  });
}

export interface Setting {
  worker: Worker;
  queue: Queue;
  lines: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export function workerOn(
  database: TestDatabase,
  handlers: JobHandler[],
  options: Partial<WorkerOptions> = {},
  queue: Queue = queueOf(database),
  now: () => number = Date.now,
): Setting {
  const lines: string[] = [];
  const log: Log = createLog("debug", (line) => lines.push(line));
  const deps = { queue, handlers, secrets: createSecretBox(keys), log, now };
  const worker = createWorker(deps, { ...defaults, poll: 50, grace: 200, ...options });
  return { worker, queue, lines, [Symbol.asyncDispose]: () => queue.end() };
}

export async function enqueue(
  sql: postgres.Sql,
  type: string,
  payload: unknown = {},
  maxAttempts = 5,
): Promise<string> {
  const [job] = await sql<{ id: string }[]>`
    select outbound.enqueue_job('test', ${type}, ${
    sql.json(payload as never)
  }, p_max_attempts => ${maxAttempts}) as id`;
  return job!.id;
}

export interface JobRow {
  id: string;
  status: string;
  attempts: number;
  last_error: string | null;
  worker: string | null;
  wait: number;
}

export async function jobsOf(sql: postgres.Sql): Promise<JobRow[]> {
  return await sql<JobRow[]>`
    select id, status::text, attempts, last_error, worker,
      extract(epoch from scheduled_at - private.clock())::float as wait
    from outbound.job_queue
    order by turn`;
}

/** Sets the database's clock ahead. */
export async function moveClock(sql: postgres.Sql, seconds: number): Promise<void> {
  await sql.unsafe(`
    create or replace function private.clock() returns timestamptz language sql stable set search_path = '' as
    'select now() + interval ''${seconds} seconds'''`);
}

/** Stops the database's clock at a moment. */
export async function stopClock(sql: postgres.Sql, at: Date): Promise<void> {
  await sql.unsafe(`
    create or replace function private.clock() returns timestamptz language sql stable set search_path = ''
    as $$ select timestamptz '${at.toISOString()}' $$`);
}

/** Where handlers under test leave their effects. */
export async function createEffects(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create table public.started (job_id uuid, attempt integer, worker text);
    create table public.effects (job_id uuid primary key, attempt integer);
    create table public.gate (is_open boolean);
    insert into public.gate values (false);
    grant select, insert on public.started, public.effects, public.gate to job_worker;
    grant usage on schema public to job_worker`).simple();
}

export async function until(condition: () => Promise<boolean> | boolean, milliseconds = 150_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
