import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type postgres from "postgres";
import { connect } from "../../local/platform.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { runRelay } from "../../supabase/functions/_shared/relay.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { addClient } from "./agency.ts";

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  await addClient(sql);
});
afterAll(() => database.drop());
beforeEach(() => sql`truncate shared.outbox_events, shared.domain_event_logs`);

const emit = (count: number) =>
  sql`
    select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), '{}')
    from generate_series(1, ${count})`;

test("what waits is published in batches, and no more of them than asked for", async () => {
  await emit(25);
  const relay = async (batches: number, limit: number) =>
    (await sql`select private.relay_outbox_tick(${batches}, ${limit}) as published`)[0]!.published;
  expect(await relay(2, 10)).toBe(20);
  expect(await relay(2, 10)).toBe(5);
  expect(await relay(20, 500)).toBe(0);
});

/**
 * It has looked once more after it gave its lock back, and is done with that: the next event wakes it. Who writes while it
 * is awake may have to wait for its poll.
 */
async function untilAsleep(sent: string[]): Promise<void> {
  await expect.poll(async () => {
    const [found] = await sql`
      select bool_or(a.query ~ 'relay_outbox' and a.state = 'idle') as is_done
      from pg_stat_activity a
      where a.datname = current_database()
        and a.usename = 'job_worker'`;
    return /advisory_unlock/.test(sent.at(-2) ?? "") && found!.is_done;
  }).toBe(true);
}

test("a relay publishes what is committed, soon, and stops when told", async () => {
  const stop = new AbortController();
  const counts: number[] = [];
  const lines: string[] = [];
  const sent: string[] = [];
  const relay = runRelay(
    () => connect(database.url("job_worker"), { max: 1, debug: (_, query) => sent.push(query) }),
    createLog("info", (line) => lines.push(line)),
    stop.signal,
    { poll: 60_000, published: (count) => counts.push(count) },
  );
  const total = () => counts.reduce((sum, count) => sum + count, 0);
  await untilAsleep(sent);
  await emit(3);
  await expect.poll(total).toBe(3);
  await untilAsleep(sent);
  await emit(2);
  await expect.poll(total).toBe(5);
  stop.abort();
  await relay;
  expect(lines).toEqual([]);
});

test("a relay whose connection is cut goes on", async () => {
  const stop = new AbortController();
  let count = 0;
  const open = () => connect(database.url("job_worker"), { max: 1 });
  const relay = runRelay(open, createLog("error", () => {}), stop.signal, {
    poll: 50,
    published: (more) => count += more,
  });
  await emit(1);
  await expect.poll(() => count).toBe(1);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'job_worker' and datname = current_database()`;
  await emit(1);
  await expect.poll(() => count).toBe(2);
  stop.abort();
  await relay;
});
