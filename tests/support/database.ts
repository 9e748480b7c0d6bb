import type postgres from "postgres";
import { connect } from "../../local/platform.ts";
import { password } from "../../local/postgres.ts";
import { portVariable, template } from "./server.ts";

export interface TestDatabase {
  name: string;
  /** `postgres` (the migrations' role), `supabase_admin` (superuser), `webhook_receiver`, `api_gateway`, `authenticator`. */
  url(user?: string): string;
  /** A client that is closed with the database. */
  sql(user?: string, options?: postgres.Options<Record<string, never>>): postgres.Sql;
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A fresh, migrated, empty database, cloned from the run's template. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  await administer(`create database ${name} template ${template} owner postgres strategy file_copy`);
  const clients: postgres.Sql[] = [];
  const url = (user = "postgres") => `postgres://${user}:${password}@127.0.0.1:${port()}/${name}`;
  const sql = (user?: string, options?: postgres.Options<Record<string, never>>) => {
    const client = connect(url(user), { max: 4, ...options });
    clients.push(client);
    return client;
  };
  const drop = async () => {
    // Reserved sessions are not given back: those are cut off.
    await Promise.all(clients.map((client) => client.end({ timeout: 0.1 })));
    await administer(`drop database if exists ${name} with (force)`);
  };
  return { name, url, sql, drop, [Symbol.asyncDispose]: drop };
}

let administrator: { port: string; sql: postgres.Sql } | undefined;

/** Postgres waits five seconds for other sessions of a database to end, which may take longer on a busy machine. */
const inUse = "55006";

/** In one session for all databases of a server, which ends when it is not needed for a while. */
async function administer(statement: string): Promise<void> {
  if (administrator?.port !== port()) {
    const url = `postgres://supabase_admin:${password}@127.0.0.1:${port()}/postgres`;
    administrator = { port: port(), sql: connect(url, { fetch_types: false, idle_timeout: 5 }) };
  }
  for (;;) {
    try {
      return void await administrator.sql.unsafe(statement).simple();
    } catch (error) {
      if ((error as { code?: string }).code !== inUse) throw error;
    }
  }
}

function port(): string {
  const value = Deno.env.get(portVariable);
  if (!value) throw new Error("There is no test server: run this through `npm test`.");
  return value;
}
