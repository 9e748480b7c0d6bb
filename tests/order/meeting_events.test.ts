import { afterAll, beforeAll, expect, test } from "vitest";
import type postgres from "postgres";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { at, bison, booked, calendly, canceled, markedInterested, playEveryOrder, setUp } from "./orders.ts";

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql("postgres", { max: 1 });
  await setUp(sql);
});
afterAll(() => database.drop());

const sent = bison("EMAIL_SENT", at("2026-03-02T14:00:00Z"));
const interested = bison(
  "LEAD_INTERESTED",
  markedInterested(1, "2026-03-03T09:00:00Z", "2026-03-04T08:00:00Z"),
);

test("a booking that was moved, between a lead's events, ends in one state, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    sent,
    interested,
    bison("LEAD_UNSUBSCRIBED", at("2026-03-04T12:00:00Z")),
    booked("first", "2026-03-05T10:00:00Z", { start: "2026-03-10T15:00:00Z" }),
    canceled("first", "2026-03-05T10:00:00Z", "2026-03-06T10:00:01Z", {
      start: "2026-03-10T15:00:00Z",
      movedTo: "second",
    }),
    booked("second", "2026-03-06T10:00:00Z", { start: "2026-03-12T15:00:00Z", movedFrom: "first" }),
  ]);
  expect(tables.meetings_booked).toMatchObject([{
    status: "booked",
    meeting_date: "2026-03-12T15:00:00+00:00",
    created_time: "2026-03-05T10:00:00+00:00",
    reschedule_count: 1,
    campaign_id: "401",
    canceled_at: null,
  }]);
  expect(tables.engaged_leads).toMatchObject([{
    meeting_booked: true,
    meeting_date: "2026-03-12T15:00:00+00:00",
    unsubscribed: false,
    lead_source: "email",
  }]);
  expect(tables.crm_contacts).toMatchObject([{ status: "hot" }]);
  expect(tables.all_leads).toMatchObject([{ meeting_booked: true, booked_date: "2026-03-05T10:00:00+00:00" }]);
}, 600_000);

test("a booking that was canceled stays canceled, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    sent,
    interested,
    booked("first", "2026-03-05T10:00:00Z"),
    canceled("first", "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z"),
    bison("LEAD_UNSUBSCRIBED", at("2026-03-07T12:00:00Z")),
  ]);
  expect(tables.meetings_booked).toMatchObject([{ status: "canceled", cancel_reason: "Travelling that week" }]);
  expect(tables.engaged_leads).toMatchObject([{ meeting_booked: false, unsubscribed: true }]);
});

test("a booking moved to another address leaves the old one, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    booked("first", "2026-03-05T10:00:00Z"),
    canceled("first", "2026-03-05T10:00:00Z", "2026-03-06T10:00:01Z", { movedTo: "second" }),
    booked("second", "2026-03-06T10:00:00Z", { movedFrom: "first", email: "Boss@Fabrikam.example" }),
    canceled("second", "2026-03-06T10:00:00Z", "2026-03-07T10:00:01Z", {
      movedTo: "third",
      movedFrom: "first",
      email: "boss@fabrikam.example",
    }),
    booked("third", "2026-03-07T10:00:00Z", { movedFrom: "second", email: "deputy@fabrikam.example" }),
  ]);
  expect(tables.meetings_booked).toMatchObject([
    { email: "boss@fabrikam.example", status: "canceled", reschedule_count: 1 },
    { email: "casey.morgan.0@fabrikam.example", status: "canceled", reschedule_count: 0 },
    {
      email: "deputy@fabrikam.example",
      status: "booked",
      reschedule_count: 2,
      created_time: "2026-03-05T10:00:00+00:00",
    },
  ]);
});

test("a no-show that comes and goes is what the last one says, in any order", async () => {
  const noShow = (kind: "created" | "deleted", time: string) =>
    calendly(`invitee_no_show.${kind}`, time, {
      ...booked("first", "2026-03-05T10:00:00Z").payload,
      no_show: kind === "created" ? { uri: `no_show/${time}`, created_at: time } : null,
    });
  const { tables } = await playEveryOrder(sql, [
    booked("first", "2026-03-05T10:00:00Z"),
    noShow("created", "2026-03-10T16:00:00Z"),
    noShow("deleted", "2026-03-10T17:00:00Z"),
    noShow("created", "2026-03-10T18:00:00Z"),
    sent,
  ]);
  expect(tables.meetings_booked).toMatchObject([{ status: "no_show" }]);
  expect(tables.calendly_invitees).toMatchObject([{ no_show: true, no_show_changed_at: "2026-03-10T18:00:00+00:00" }]);
  expect(tables.engaged_leads).toMatchObject([{ meeting_booked: true }]);
});

test("a second booking beside a canceled one is the meeting, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    booked("first", "2026-03-05T10:00:00Z", { start: "2026-03-10T15:00:00Z" }),
    canceled("first", "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z", { start: "2026-03-10T15:00:00Z" }),
    booked("second", "2026-03-08T10:00:00Z", { start: "2026-03-20T15:00:00Z" }),
    bison("LEAD_UNSUBSCRIBED", at("2026-03-07T12:00:00Z")),
    sent,
  ]);
  expect(tables.meetings_booked).toMatchObject([{
    status: "booked",
    created_time: "2026-03-08T10:00:00+00:00",
    reschedule_count: 0,
  }]);
  expect(tables.engaged_leads).toMatchObject([{ meeting_booked: true, unsubscribed: false }]);
});
