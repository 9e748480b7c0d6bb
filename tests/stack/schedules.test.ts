import { expect, test } from "vitest";
import { createDatabase } from "../support/database.ts";

test("the retry job handles every due event, each in a transaction of its own", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`
    insert into integrations.webhook_endpoints (provider, client, token_hash) values ('bison', 'Acme', sha256('token'))`;
  await sql`
    insert into integrations.webhook_events
      (provider, client, endpoint_id, delivery_key, event_type, payload, status, next_attempt_at)
    select 'bison', 'Acme', 1, 'key ' || n, 'NOBODY_KNOWS', '{}', 'failed', now() - interval '1 minute'
    from generate_series(1, 5) as n`;

  const [job] = await sql`select command from cron.job where jobname = 'retry-failed-webhooks'`;
  await sql.unsafe(job!.command).simple();

  const events = await sql`select status, xmin::text as transaction from integrations.webhook_events`;
  expect(events.map(({ status }) => status)).toEqual(Array(5).fill("ignored"));
  expect(new Set(events.map(({ transaction }) => transaction)).size).toBe(5);
});
