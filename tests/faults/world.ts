// A Postgres and the gateway, as processes that can be killed, and what brings each of them back. The stack of
// `npm start` does the same for its own.

import { createHash } from "node:crypto";
import type postgres from "postgres";
import { connect } from "../../local/platform.ts";
import { type Server, startPostgres } from "../../local/postgres.ts";
import { within } from "../../supabase/functions/_shared/deadline.ts";
import { bisonInstance, bisonWorkspace } from "../fixtures/bison.ts";
import { createDatabase } from "../support/database.ts";
import { reservePort } from "../support/ports.ts";
import { startTestServer } from "../support/server.ts";
import { type Child, startGateway } from "./child.ts";

export const victims = ["gateway", "backend", "postmaster"] as const;
export type Victim = typeof victims[number];

export const client = "Acme";
export const token = "acme-token";

export interface World {
  /** Where EmailBison's deliveries go. */
  hook: string;
  /** The gateway of the moment. */
  gateway(): Child;
  /** Asks the database over a connection of its own; waits for the database while it is away. */
  ask<T>(question: (sql: postgres.Sql) => Promise<T>): Promise<T>;
  /** Whether an event is committed at this moment; undefined while the database is away. */
  holds(eventId: number): Promise<boolean | undefined>;
  /** Whether a new connection is answered. */
  answers(): Promise<boolean>;
  /** kill -9, and sees to it that the victim comes back. Tells when it was killed: performance.now(). */
  kill(victim: Victim): Promise<number>;
  /** All that Postgres wrote into its log. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Who kills no Postgres needs none that is. */
  durable?: boolean;
  /** For the gateway. */
  env?: Record<string, string>;
}

export async function openWorld({ durable = true, env }: WorldOptions = {}): Promise<World> {
  const first = await startTestServer({ durable });
  const { url, sql } = await createDatabase();
  await addClient(sql());
  let server: Server = first;
  const port = reservePort();
  const start = () => startGateway(url, port, undefined, env);
  let gateway = await start();
  const returning = new Set<Promise<unknown>>();
  const bringBack = (back: Promise<unknown>) => returning.add(back.finally(() => returning.delete(back)));

  const ask: World["ask"] = async (question) => {
    for (let attempt = 1;; attempt++) {
      const sql = connect(url(), { connect_timeout: 5, fetch_types: false });
      try {
        return await question(sql);
      } catch (error) {
        if (attempt === 200 || !isAway(error)) throw error;
        await pause(50);
      } finally {
        await sql.end({ timeout: 0 });
      }
    }
  };
  const watcher = connect(url(), { connect_timeout: 2, fetch_types: false });
  const holds: World["holds"] = async (eventId) => {
    try {
      const found = watcher`select from integrations.webhook_events where id = ${eventId}`;
      return (await within(patience, found, () => new Error("No answer."))).length === 1;
    } catch {
      return undefined;
    }
  };
  const answers = async () => {
    const sql = connect(url(), { connect_timeout: 1, fetch_types: false });
    const isAnswered = await sql`select 1`.then(() => true, () => false);
    await sql.end({ timeout: 0 });
    return isAnswered;
  };
  const stopFolding = keepFolding(url());

  const kill: Record<Victim, () => Promise<number>> = {
    gateway() {
      const at = performance.now();
      gateway.kill();
      bringBack(gateway.gone.then(start).then((child) => (gateway = child)));
      return Promise.resolve(at);
    },
    async backend() {
      for (;;) {
        const [busy] = await ask((sql) =>
          sql<{ pid: number }[]>`
            select pid from pg_stat_activity
            where usename = 'webhook_receiver' and datname = current_database()
            order by state = 'active' desc, random() limit 1`
        );
        const at = performance.now();
        if (busy && isKilled(busy.pid)) return at;
        await pause(5);
      }
    },
    postmaster() {
      const { pid, gone, folder, port } = server;
      const at = performance.now();
      Deno.kill(pid, "SIGKILL");
      bringBack(gone.then(() => startPostgres({ folder, port, samePort: true })).then((started) => (server = started)));
      return Promise.resolve(at);
    },
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= (async () => {
    await stopFolding();
    await watcher.end({ timeout: 0 });
    await Promise.allSettled(returning);
    await gateway.stop();
    if (server !== first) await server.stop();
    await first.stop();
  })());
  stopOnSignals(stop);
  return {
    hook: `http://127.0.0.1:${port}/functions/v1/bison-webhook/${token}`,
    gateway: () => gateway,
    ask,
    holds,
    answers,
    kill: (victim) => kill[victim](),
    log: () => Deno.readTextFile(`${server.folder}/server.log`),
    stop,
  };
}

async function addClient(sql: postgres.Sql): Promise<void> {
  const tokenHash = createHash("sha256").update(token).digest();
  await sql`insert into public."Clients" ("Business") values (${client})`;
  await sql`
    insert into integrations.webhook_endpoints (provider, client, token_hash, instance_url, workspace_id)
    values ('bison', ${client}, ${tokenHash}, ${bisonInstance}, ${bisonWorkspace})`;
  await sql.end();
}

/** False: it has ended by itself. */
function isKilled(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Milliseconds. The driver forgets a call that it writes to a connection which is just breaking. */
const patience = 60_000;

/** Much oftener than the scheduler does, so that folds are cut off in the middle as well. */
function keepFolding(url: string): () => Promise<void> {
  let stopping = false;
  const folding = (async () => {
    while (!stopping) {
      const sql = connect(url, { connect_timeout: 2 });
      try {
        while (!stopping) {
          await within(patience, sql`select private.fold_all_counters()`, () => new Error("No answer."));
          await pause(100);
        }
      } catch {
        await pause(50);
      } finally {
        await sql.end({ timeout: 0 });
      }
    }
  })();
  return () => (stopping = true, folding);
}

/** Whether an error says that the database is not there, and not that the question was wrong. */
function isAway(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  return /^(08...|57P0.|CONNECT.*|E[A-Z]+)$/.test(code);
}

function stopOnSignals(stop: () => Promise<void>): void {
  const signals: [Deno.Signal, number][] = [["SIGINT", 130], ["SIGTERM", 143]];
  for (const [signal, code] of Deno.build.os === "windows" ? signals.slice(0, 1) : signals) {
    Deno.addSignalListener(signal, () => stop().finally(() => Deno.exit(code)));
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
