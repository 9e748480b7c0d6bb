import { afterAll, beforeAll, expect, test } from "vitest";
import { at, bison } from "../order/orders.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { clear, openSessions, untilWaiting } from "./sessions.ts";

let database: TestDatabase;
let open: Awaited<ReturnType<typeof openSessions>>;

beforeAll(async () => {
  database = await createDatabase();
  open = await openSessions(database, 1);
});
afterAll(() => database.drop());

const sent = (n: number) =>
  bison("EMAIL_SENT", {
    ...at(`2026-03-02T10:00:0${n}Z`),
    campaign_event: { id: n, created_at: `2026-03-02T10:00:0${n}Z` },
    lead: { id: n, email: `lead${n}@fabrikam.example` },
  });

async function clients() {
  const rows = await open.sql<{ client: string }[]>`
    select client from integrations.webhook_events
    union select client from public.all_leads
    union select client from private.pending_events
    union select client from public.inboxes`;
  return rows.map(({ client }) => client);
}

test("a delivery that comes while its client is renamed is the new name's", async () => {
  const { sql, sessions, receive } = open;
  await clear(sql);
  await receive(sessions[0]!, sent(1));

  let receiving: Promise<{ outcome: string }> | undefined;
  await sql.begin(async (renaming) => {
    await renaming`update public."Clients" set "Business" = 'Northwind Two'`;
    receiving = receive(sessions[0]!, sent(2));
    await untilWaiting(sql, 1);
  });
  expect((await receiving)?.outcome).toBe("processed");
  expect(await clients()).toEqual(["Northwind Two"]);
  expect(await sql`select email from public.all_leads`).toHaveLength(2);
});

test("a delivery that is being handled when its client is renamed takes the new name, too", async () => {
  const { sql, sessions, receive } = open;
  await clear(sql);
  await receive(sessions[0]!, sent(3));

  await sessions[0]!`begin`;
  await receive(sessions[0]!, sent(4));
  const renaming = sql`update public."Clients" set "Business" = 'Northwind Three'`.execute();
  await untilWaiting(sql, 1);
  await sessions[0]!`commit`;
  await renaming;
  expect(await clients()).toEqual(["Northwind Three"]);
  expect(await sql`select email from public.all_leads`).toHaveLength(2);
});
