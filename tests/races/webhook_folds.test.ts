import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { bison } from "../order/orders.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { atOnce, clear, openSessions } from "./sessions.ts";

let database: TestDatabase;
let open: Awaited<ReturnType<typeof openSessions>>;

beforeAll(async () => {
  database = await createDatabase();
  open = await openSessions(database, 4);
});
beforeEach(() => clear(open.sql));
afterAll(() => database.drop());

const sent = (n: number) =>
  bison("EMAIL_SENT", {
    campaign_event: { created_at: `2026-03-0${1 + n % 9}T14:00:00Z` },
    campaign: { id: 401 + n % 3 },
    sender_email: { id: 66 + n % 4 },
  }, n);

test("folds at once count every fact once", async () => {
  const { sql, sessions, receive } = open;
  for (let n = 0; n < 100; n++) await receive(sessions[0]!, sent(n));
  const workers = database.sql("postgres", { max: 4 });
  const folders = await Promise.all(Array.from({ length: 4 }, () => workers.reserve()));

  const answers = await atOnce(sql, folders, async (session) => {
    const [answer] = await session<{ folded: number }[]>`select private.fold_counters() as folded`;
    return answer!.folded;
  });

  expect(answers.reduce((sum, folded) => sum + folded)).toBe(100);
  expect(await sql`select sum(emails_sent)::integer as sent from public.campaign_reporting`).toEqual([{ sent: 100 }]);
});

test("facts that are appended while it is folded are neither lost nor doubled, and what is read never jumps", async () => {
  const { sql, sessions, receive } = open;
  const workers = database.sql("postgres", { max: 3 });
  const total = 400;
  let writing = true;
  const every = async (work: () => Promise<unknown>) => {
    while (writing) await work();
  };

  const read: number[] = [];
  const folding = Promise.all([
    every(() => workers`select private.fold_counters(37)`),
    every(() => workers`select private.fold_all_counters(), private.refresh_step_stats('2026-03-01')`),
    every(async () => {
      const [row] = await workers<{ sent: number; inboxes: number }[]>`
        select
          (select coalesce(sum(emails_sent), 0)::integer from public.campaign_reporting_current) as sent,
          (select coalesce(sum(emails_sent_count), 0)::integer from public.inboxes_current) as inboxes`;
      expect(row!.sent).toBe(row!.inboxes);
      read.push(row!.sent);
    }),
  ]);
  await Promise.all(sessions.map(async (session, number) => {
    for (let n = number; n < total; n += sessions.length) {
      expect((await receive(session, sent(n))).outcome).toBe("processed");
    }
  }));
  writing = false;
  await folding;

  expect(read).toEqual(read.toSorted((a, b) => a - b));
  await sql`select private.fold_all_counters()`;
  const [end] = await sql`
    select
      (select sum(emails_sent)::integer from public.campaign_reporting) as days,
      (select sum(emails_sent_count)::integer from public.inboxes) as inboxes,
      (select count(*)::integer from public.campaign_events) as facts`;
  expect(end).toEqual({ days: total, inboxes: total, facts: total });
  expect(await sql`select * from private.recount_counters()`).toHaveLength(0);
});

test("a recount that mends while events arrive leaves the counters right", async () => {
  const { sql, sessions, receive } = open;
  const worker = database.sql("postgres", { max: 1 });
  let writing = true;
  const mending = (async () => {
    while (writing) expect(await worker`select * from private.recount_counters(p_apply => true)`).toHaveLength(0);
  })();
  await Promise.all(sessions.map(async (session, number) => {
    for (let n = number; n < 150; n += sessions.length) await receive(session, sent(n));
  }));
  writing = false;
  await mending;
  expect(await sql`select * from private.recount_counters()`).toHaveLength(0);
  expect(await sql`select sum(emails_sent)::integer as sent from public.campaign_reporting`).toEqual([{ sent: 150 }]);
});
