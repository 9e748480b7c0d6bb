// Everything that the measurements need: a durable Postgres with the agency in it, and the three receivers as processes
// of their own on that one database.

import { createRequire } from "node:module";
import type postgres from "postgres";
import { root } from "../../local/paths.ts";
import { type Child, startChild, startGateway } from "../../tests/faults/child.ts";
import { createDatabase, type TestDatabase } from "../../tests/support/database.ts";
import { startTestServer } from "../../tests/support/server.ts";
import { seasonWal } from "../support/wal.ts";
import { seedAgency } from "./agency.ts";

export const sides = ["limit", "ours", "peer"] as const;
export type Side = typeof sides[number];

export interface Receiver extends Child {
  /** Where the load goes, without a path. */
  url: string;
}

export interface Arena {
  database: TestDatabase;
  sql: postgres.Sql;
  receivers: Record<Side, Receiver>;
  /** Starts another process of a side, for what one process has only once. */
  start(side: Side): Promise<Receiver>;
  /** Process id of the postmaster. */
  postmaster: number;
  stop(): Promise<void>;
}

/** The same storage as our inbox has, so that neither side compresses what the other does not. */
const limitTable = `
  create schema bench;
  create table bench.deliveries (id text primary key, payload jsonb not null) with (toast_tuple_target = 8160)`;

export async function openArena(): Promise<Arena> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const server = await startTestServer({ durable: true });
    stops.push(server.stop);
    const database = await createDatabase();
    stops.push(() => database.drop());
    await seasonWal(database);
    const sql = database.sql("postgres", { max: 2 });
    await seedAgency(sql);
    await sql.unsafe(limitTable).simple();
    await migratePeer(database.url());
    const start = (side: Side) => startReceiver(side, database);
    const receivers = {} as Record<Side, Receiver>;
    for (const side of sides) {
      receivers[side] = await start(side);
      stops.push(receivers[side].stop);
    }
    return { database, sql, receivers, start, postmaster: server.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Statistics and pages as a server has them that has run for a while. */
export async function settle({ database, sql }: Arena): Promise<void> {
  await fold(sql);
  const admin = database.sql("supabase_admin");
  await admin.unsafe("vacuum analyze");
  await admin.unsafe("checkpoint");
}

/** What the scheduler runs every five seconds. */
export async function fold(sql: postgres.Sql): Promise<void> {
  const [tick] = await sql`select command from cron.job where jobname = 'fold-counters'`;
  await sql.unsafe(tick!.command).simple();
}

async function startReceiver(side: Side, { url }: TestDatabase): Promise<Receiver> {
  const complain = (line: string) => /error/i.test(line) && console.error(`${side}: ${line}`);
  const child = side === "ours"
    ? await startGateway(url, 0, complain)
    : await startChild(`bench/webhooks/${side}.ts`, { DATABASE_URL: url() }, complain);
  return { ...child, url: new URL(child.ready.url!).origin };
}

/** Its CommonJS build: the other one does not find its own migrations. Neither says so when one fails. */
async function migratePeer(databaseUrl: string): Promise<void> {
  const { runMigrations } = createRequire(`${root}/package.json`)("@supabase/stripe-sync-engine");
  let failure: unknown;
  const logger = { info: () => {}, error: (error: unknown) => (failure = error) };
  await runMigrations({ databaseUrl, schema: "stripe", logger });
  if (failure) throw failure;
}
