// The way of a lead on tables that nobody has analyzed, in a session whose plans are as old as the database: what is done
// for one row reads a few, however many there are.

import { afterAll, beforeAll, expect, test } from "vitest";
import type postgres from "postgres";
import {
  at,
  bison,
  booked,
  calendly,
  canceled,
  markedInterested,
  type Play,
  received,
  setUp,
} from "../order/orders.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { excessiveReads, onOwnServer } from "./reads.ts";

const size = 100;
/** Stored in one transaction, whose own old versions are read over and over. */
const batch = 20;

onOwnServer();

let database: TestDatabase;
let endpoints: Record<string, string>;
let receiver: postgres.Sql;

beforeAll(async () => {
  database = await createDatabase();
  const sql = database.sql("postgres", { max: 1 });
  await setUp(sql);
  const rows = await sql`select provider, id from integrations.webhook_endpoints`;
  // What this session read is counted now, not while another one is watched.
  await sql`select pg_stat_force_next_flush()`;
  endpoints = Object.fromEntries(rows.map(({ provider, id }) => [provider, id]));
  receiver = database.sql("webhook_receiver", { max: 1 });
  // Plans are made here, for tables of a few rows.
  for (const play of [...mails, ...bookings]) await deliver([play(1_000_000), play(1_000_001)]);
});
afterAll(() => database.drop());

const address = (n: number) => `casey.${n}@company-${n % 100}.example`;
const about = (n: number) => ({ lead: { id: n, email: address(n) }, sender_email: { id: n % 100 } });

const mails: ((n: number) => Play)[] = [
  (n) => bison("EMAIL_SENT", about(n), n),
  (n) => bison("LEAD_FIRST_CONTACTED", about(n), n),
  (n) => bison("EMAIL_OPENED", about(n), n),
  (n) => bison("LEAD_REPLIED", { ...about(n), ...received(n, "2026-03-03T09:00:00Z") }, n),
  (n) =>
    bison(
      "LEAD_INTERESTED",
      { ...about(n), ...markedInterested(n, "2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z") },
      n,
    ),
  (n) => bison("UNTRACKED_REPLY_RECEIVED", { reply: { id: 2_000_000 + n, from_email_address: address(n) } }, n),
  (n) => bison("MANUAL_EMAIL_SENT", { ...about(n), reply: { id: 4_000_000 + n } }, n),
  (n) => bison("EMAIL_BOUNCED", { ...about(n), reply: { id: 6_000_000 + n } }, n),
  (n) => bison("LEAD_UNSUBSCRIBED", { ...about(n), ...at("2026-03-04T14:00:00Z") }, n),
  (n) => bison("LEAD_UNSUBSCRIBED", { ...about(n), ...at("2026-03-05T14:00:00Z") }, 8_000_000 + n),
  (n) => bison("TAG_ATTACHED", { taggable_id: n, taggable_type: "Lead" }, n),
];

const person = (n: number) => ({ email: address(n) });
const bookings: ((n: number) => Play)[] = [
  (n) => booked(`a${n}`, "2026-03-05T10:00:00Z", person(n)),
  (n) => booked(`b${n}`, "2026-03-06T10:00:00Z", { ...person(n), movedFrom: `a${n}` }),
  (n) => canceled(`a${n}`, "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z", { ...person(n), movedTo: `b${n}` }),
  (n) =>
    calendly("invitee_no_show.created", "2026-03-08T10:00:00Z", {
      ...person(n),
      uri: `https://api.calendly.com/invitees/b${n}`,
    }, n),
  (n) => canceled(`b${n}`, "2026-03-06T10:00:00Z", "2026-03-09T10:00:00Z", person(n)),
];

async function deliver(plays: Play[]): Promise<void> {
  for (let start = 0; start < plays.length; start += batch) {
    const deliveries = plays.slice(start, start + batch).map(({ endpoint, delivery }) => ({
      endpoint_id: endpoints[endpoint],
      delivery_key: delivery.key,
      event_type: delivery.type,
      payload: JSON.parse(delivery.payload),
      occurred_at: delivery.occurredAt ?? null,
    }));
    const [row] = await receiver`select integrations.receive_webhooks(${
      JSON.stringify(deliveries)
    }::text::jsonb) as stored`;
    expect(new Set(row!.stored.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(["processed"]));
  }
}

const range = (from: number) => Array.from({ length: size }, (_, n) => from + n);

test.for([...mails, ...bookings].map((play) => ({ type: play(0).delivery.type, play })))(
  "$type reads as little among many people as among few",
  async ({ play }) => {
    for (const from of [1, 1 + size]) {
      expect(await excessiveReads(receiver, size, () => deliver(range(from).map(play)))).toEqual({});
    }
  },
);
