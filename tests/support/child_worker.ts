// A worker as a process of its own, to be killed at the step that a test is about.

import type postgres from "postgres";
import { root } from "../../local/paths.ts";
import { until } from "../jobs/support.ts";
import type { TestDatabase } from "./database.ts";

export interface ChildWorker {
  /** Nothing that it asked for is done from here on, also not by a statement that the server already has. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Does every type of job, with a lease of 30 s. `urls` are its PROVIDER_URLS. */
export function startWorker(database: TestDatabase, urls: string): ChildWorker {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${root}/deno.json`, `${root}/tests/domains/child.ts`],
    env: { JOBS_DATABASE_URL: database.url("job_worker"), PROVIDER_URLS: urls },
  }).spawn();
  let isDead = false;
  async function kill(): Promise<void> {
    if (isDead) return;
    isDead = true;
    child.kill("SIGKILL");
    await child.status;
    await cut(database);
  }
  return { kill, [Symbol.asyncDispose]: kill };
}

/** Ends the sessions of the dead worker: each has ended when this returns. */
async function cut(database: TestDatabase): Promise<void> {
  const left = await database.sql("supabase_admin")<{ ended: boolean }[]>`
    select pg_terminate_backend(pid, 60000) as ended from pg_stat_activity
    where datname = current_database() and usename = 'job_worker'`;
  if (left.some(({ ended }) => !ended)) throw new Error("A session of the dead worker goes on.");
}

/** Locks in a session of its own until it is let go. */
export async function hold(sql: postgres.Sql, statement: string): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session.unsafe("begin").simple();
  await session.unsafe(statement).simple();
  return async () => {
    await session.unsafe("rollback").simple();
    session.release();
  };
}

/** Returns when a worker of this database waits for what is held. */
export async function untilBlocked(sql: postgres.Sql): Promise<void> {
  await until(async () =>
    (await sql`
      select from pg_stat_activity
      where datname = current_database() and usename = 'job_worker' and wait_event_type = 'Lock'`).length > 0
  );
}
