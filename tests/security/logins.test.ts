// The service logins, over connections of their own: what they may become and touch.

import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database.ts";

const roles = ["anon", "authenticated", "service_role", "postgres", "webhook_receiver", "job_worker", "api_gateway"];
const denied = "42501";
let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});

afterAll(() => database?.drop());

for (
  const [login, mayBecome] of [["webhook_receiver", []], ["job_worker", []], ["api_gateway", [
    "anon",
    "authenticated",
  ]]] as const
) {
  describe(login, () => {
    test(`becomes ${mayBecome.join(" and ") || "nobody else"}`, async () => {
      const sql = database.sql(login);
      const became = [];
      for (const role of roles.filter((role) => role !== login)) {
        if (!(await failure(sql.begin((sql) => sql.unsafe(`set local role ${role}`))))) became.push(role);
      }
      expect(became).toEqual(mayBecome);
    });

    test("reads and writes no table under its own name", async () => {
      const tables = await database.sql()<{ name: string }[]>`
        select oid::regclass::text as name from pg_class
        where relkind in ('r', 'p') and relnamespace = any('{public,integrations,private,auth}'::regnamespace[])`;
      expect(tables.length).toBeGreaterThan(20);
      const sql = database.sql(login);
      for (const { name } of tables) {
        expect([name, await failure(sql.unsafe(`select from ${name}`))]).toEqual([name, denied]);
        expect([name, await failure(sql.unsafe(`delete from ${name}`))]).toEqual([name, denied]);
      }
    });

    test("makes no object", async () => {
      const sql = database.sql(login);
      expect(await failure(sql`create table public.mine (id integer)`)).toBe(denied);
      expect(await failure(sql`create schema mine`)).toBe(denied);
    });
  });
}

test("webhook_receiver receives, and does nothing else with an event", async () => {
  const sql = database.sql("webhook_receiver");
  expect(await sql`select * from integrations.webhook_endpoint('bison', ${new Uint8Array(32)})`).toEqual([]);
  expect(await failure(sql`select * from integrations.receive_webhook(0, 'key', 'LEAD_REPLIED', '{}')`)).toBe("MR001");
  expect(await failure(sql`select integrations.replay_webhook(1)`)).toBe(denied);
  expect(await failure(sql`select integrations.retry_failed_webhooks(1)`)).toBe(denied);
});

test("api_gateway tells the schema version", async () => {
  const [row] = await database.sql("api_gateway")`select integrations.schema_version() as version`;
  expect(row!.version).toMatch(/^\d{14}/);
});

async function failure(query: Promise<unknown> | postgres.PendingQuery<postgres.Row[]>): Promise<string | undefined> {
  try {
    await query;
  } catch (error) {
    return (error as postgres.PostgresError).code;
  }
}
