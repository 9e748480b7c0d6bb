// What statements read on a database that nobody has analyzed, as in its first minutes, or after a large load: the tests'
// server has no autovacuum.

import type postgres from "postgres";
import { afterAll, beforeAll } from "vitest";
import type { Server } from "../../local/postgres.ts";
import { startTestServer } from "../support/server.ts";

/** A lookup by key reads one tuple; these are a few lookups and the old versions that they pass. */
const enough = 20;

/** On the server of all, old versions are read again and again while a transaction of another test lasts. */
export function onOwnServer(): void {
  let server: Server | undefined;
  beforeAll(async () => void (server = await startTestServer()));
  afterAll(() => server?.stop());
}

/** How many tuples of each table (scanned) and index `work` reads for each of its rows. The session is a single one. */
export async function readsOf(
  session: postgres.Sql,
  rows: number,
  work: (session: postgres.Sql) => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await tuplesRead(session);
  await work(session);
  const after = await tuplesRead(session);
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, (count - (before[name] ?? 0)) / rows] as const)
      .filter(([, count]) => count > 0)
      .sort(([, a], [, b]) => b - a),
  );
}

/** What of `readsOf` is more than a row should cost: empty, unless something reads a whole table for each. */
export async function excessiveReads(
  session: postgres.Sql,
  rows: number,
  work: (session: postgres.Sql) => Promise<unknown>,
  limit = enough,
): Promise<Record<string, number>> {
  const reads = await readsOf(session, rows, work);
  return Object.fromEntries(Object.entries(reads).filter(([, count]) => count > limit));
}

async function tuplesRead(session: postgres.Sql): Promise<Record<string, number>> {
  await session`select pg_stat_force_next_flush()`;
  const found = await session<{ name: string; count: number }[]>`
    select t.schemaname || '.' || t.relname as name, t.seq_tup_read::float8 as count
    from pg_stat_user_tables t
    union all
    select i.schemaname || '.' || i.indexrelname, i.idx_tup_read::float8
    from pg_stat_user_indexes i`;
  return Object.fromEntries(found.map(({ name, count }) => [name, count]));
}
