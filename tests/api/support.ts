// The API over a database of its own, with two clients and a user of every kind.

import { createHash } from "node:crypto";
import type postgres from "postgres";
import { SignJWT } from "jose";
import { type ApiDeps, createApp } from "../../supabase/functions/api/app.ts";
import { createSessions, type SessionOptions } from "../../supabase/functions/api/core/sessions.ts";
import { createVerifier } from "../../supabase/functions/api/core/tokens.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

export const secret = "a-secret-of-the-tests-that-is-long-enough";

export const people = {
  admin: { id: "00000000-0000-4000-8000-00000000000a", client: null, role: "admin" },
  manager: { id: "00000000-0000-4000-8000-00000000000b", client: null, role: "manager" },
  viewer: { id: "00000000-0000-4000-8000-00000000000c", client: null, role: "viewer" },
  member: { id: "00000000-0000-4000-8000-00000000000d", client: "Acme", role: "member" },
  reader: { id: "00000000-0000-4000-8000-00000000000e", client: "Acme", role: "viewer" },
  /** Of the other client. */
  stranger: { id: "00000000-0000-4000-8000-00000000000f", client: "Birch", role: "member" },
  nobody: { id: "00000000-0000-4000-8000-000000000010", client: null, role: null },
} as const;

export type Person = keyof typeof people;

export interface Reply {
  status: number;
  body: Json;
  headers: Headers;
}

// deno-lint-ignore no-explicit-any
export type Json = any;

export interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
}

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  deps: ApiDeps;
  lines: string[];
  /** Asks as a person, with a credential, or (null) without one. */
  ask(who: Person | { key: string } | null, method: string, path: string, ask?: Ask): Promise<Reply>;
  /** An API key of a person. */
  keyOf(
    person: Person,
    scopes: string[],
    more?: { client?: string; rate?: number },
  ): Promise<{ key: string; id: string }>;
  drop(): Promise<void>;
}

export interface WorldOptions extends Partial<SessionOptions> {
  perMinute?: number;
}

export async function createWorld({ perMinute = 100_000, ...options }: WorldOptions = {}): Promise<World> {
  const database = await createDatabase();
  const sql = database.sql("postgres");
  await seed(sql);
  const sessions = createSessions(database.url("api_gateway"), {
    size: 6,
    deadline: 60_000,
    mostWaiting: 50,
    ...options,
  });
  const lines: string[] = [];
  const deps: ApiDeps = {
    sessions,
    verifyToken: createVerifier({ secret }),
    secrets: createSecretBox("test:dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSB1c2U="),
    perMinute,
    log: createLog("debug", (line) => lines.push(line)),
  };
  const app = createApp(deps);
  const ask: World["ask"] = async (who, method, path, { body, headers } = {}) => {
    const credential: Record<string, string> = who === null
      ? {}
      : { authorization: `Bearer ${await credentialOf(who)}` };
    const response = await app.fetch(
      new Request(`http://localhost${path.startsWith("/api/") ? path : `/functions/v1/api/v1${path}`}`, {
        method,
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...credential, ...headers },
        body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, body: isJson && text ? JSON.parse(text) : text, headers: response.headers };
  };
  const drop = async () => {
    await sessions.end();
    await database.drop();
  };
  return { database, sql, deps, lines, ask, keyOf: (...args) => makeKey(sql, ...args), drop };
}

async function credentialOf(who: Person | { key: string }): Promise<string> {
  return typeof who === "string" ? await tokenOf({ sub: people[who].id }) : who.key;
}

/** A token as Supabase Auth makes it. */
export function tokenOf(claims: Record<string, unknown>, key = secret, expires = "1h"): Promise<string> {
  return new SignJWT({ role: "authenticated", email: "someone@example.test", ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience("authenticated")
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(key));
}

async function makeKey(
  sql: postgres.Sql,
  person: Person,
  scopes: string[],
  { client, rate = 100_000 }: { client?: string; rate?: number } = {},
): Promise<{ key: string; id: string }> {
  const key = `mr_abcdefgh_${crypto.randomUUID().replaceAll("-", "")}abcdefghijk`;
  const [row] = await sql<{ id: string }[]>`
    select integrations.create_api_key(
      ${people[person].id}, 'test', ${scopes}::text[], ${createHash("sha256").update(key).digest("hex")}, 'abcdefgh',
      null, ${client ?? null}, ${rate}
    ) as id`;
  return { key, id: row!.id };
}

async function seed(sql: postgres.Sql): Promise<void> {
  await sql`insert into public."Clients" ("Business") values ('Acme'), ('Birch')`;
  for (const { id, client, role } of Object.values(people)) {
    await sql`
      insert into auth.users (id, aud, role, email, created_at, updated_at)
      values (${id}, 'authenticated', 'authenticated', ${`${id}@example.test`}, now(), now())`;
    if (role) {
      await sql`insert into integrations.memberships (user_id, client, role) values (${id}, ${client}, ${role})`;
    }
  }
}
