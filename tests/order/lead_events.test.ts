import { afterAll, beforeAll, expect, test } from "vitest";
import type postgres from "postgres";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { at, bison, markedInterested, playEveryOrder, received, setUp } from "./orders.ts";

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql("postgres", { max: 1 });
  await setUp(sql);
});
afterAll(() => database.drop());

test("a lead's six events end in one state, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("EMAIL_OPENED", at("2026-03-03T03:30:00Z")),
    bison("LEAD_REPLIED", received(1, "2026-03-03T09:00:00Z")),
    bison("LEAD_INTERESTED", markedInterested(1, "2026-03-03T09:00:00Z", "2026-03-04T08:00:00Z")),
    bison("LEAD_UNSUBSCRIBED", at("2026-03-05T10:00:00Z")),
    bison("EMAIL_BOUNCED", received(2, "2026-03-06T11:00:00Z")),
  ]);
  expect(tables.all_leads).toMatchObject([{ emails_sent: 1, opens: 1, replies: 1, bounces: 1 }]);
  expect(tables.engaged_leads).toMatchObject([{ engaged: true, replied: true, unsubscribed: true }]);
  expect(tables.crm_contacts).toMatchObject([{ status: "inactive" }]);
}, 600_000);

test("a lead that unsubscribed and showed interest afterwards is back, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("LEAD_UNSUBSCRIBED", at("2026-03-03T10:00:00Z")),
    bison("LEAD_REPLIED", received(1, "2026-03-04T09:00:00Z")),
    bison("LEAD_INTERESTED", markedInterested(1, "2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z")),
    bison("LEAD_REPLIED", received(2, "2026-03-06T09:00:00Z")),
  ]);
  expect(tables.engaged_leads).toMatchObject([{ unsubscribed: false, last_contact: "2026-03-06T09:00:00+00:00" }]);
  expect(tables.crm_contacts).toMatchObject([{ status: "hot" }]);
});

test("a lead that wavers is where the last word left it, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    bison("LEAD_INTERESTED", markedInterested(1, "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")),
    bison("LEAD_UNSUBSCRIBED", { campaign_event: { id: 1, created_at: "2026-03-03T10:00:00Z" } }),
    bison("LEAD_INTERESTED", markedInterested(2, "2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z")),
    bison("LEAD_UNSUBSCRIBED", { campaign_event: { id: 2, created_at: "2026-03-05T10:00:00Z" } }),
    bison("MANUAL_EMAIL_SENT", received(3, "2026-03-06T10:00:00Z")),
  ]);
  expect(tables.engaged_leads).toMatchObject([{
    unsubscribed: true,
    unsubscribed_at: "2026-03-05T10:00:00+00:00",
    engaged_at: "2026-03-02T10:00:00+00:00",
    last_contact: "2026-03-06T10:00:00+00:00",
  }]);
});

test("the first of several counts on its day and for its inbox, in any order", async () => {
  const from = (id: number) => ({ sender_email: { id, email: `robin${id}@mail.northwind.example` } });
  const { tables } = await playEveryOrder(sql, [
    // In New York the first is still Sunday.
    bison("EMAIL_SENT", { ...from(66), campaign_event: { id: 1, created_at: "2026-03-02T04:59:59Z" } }),
    bison("EMAIL_SENT", { ...from(67), campaign_event: { id: 2, created_at: "2026-03-02T05:00:00Z" } }),
    bison("EMAIL_OPENED", { ...from(66), campaign_event: { id: 3, created_at: "2026-03-04T10:00:00Z" } }),
    bison("LEAD_REPLIED", { ...from(67), ...received(1, "2026-03-06T10:00:00Z") }),
    bison("LEAD_REPLIED", { ...from(66), ...received(2, "2026-03-07T10:00:00Z") }),
  ]);
  expect(tables.campaign_reporting_current).toMatchObject([
    { date: "2026-03-01", emails_sent: 1, total_leads_contacted: 1 },
    { date: "2026-03-02", emails_sent: 1, total_leads_contacted: 0 },
    { date: "2026-03-04", opened: 1, unique_opens_per_contact: 1 },
    { date: "2026-03-06", unique_replies_per_contact: 1 },
  ]);
  expect(tables.inboxes_current).toMatchObject([
    { bison_inbox_id: 66, total_leads_contacted_count: 1, unique_opened_count: 1, unique_replied_count: 0 },
    { bison_inbox_id: 67, total_leads_contacted_count: 0, unique_opened_count: 0, unique_replied_count: 1 },
  ]);
});

test("two campaigns and two spellings of one address are one person, in any order", async () => {
  const other = { campaign: { id: 402, name: "Second" }, lead: { email: " Casey.Morgan.0@FABRIKAM.example " } };
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("EMAIL_SENT", { ...other, campaign_event: { id: 2, created_at: "2026-03-03T14:00:00Z" } }),
    bison("LEAD_REPLIED", { ...other, ...received(1, "2026-03-04T09:00:00Z") }),
    bison("LEAD_INTERESTED", { ...other, ...markedInterested(1, "2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z") }),
    bison("EMAIL_SENT", { campaign_event: { id: 5, created_at: "2026-03-05T14:00:00Z" } }),
  ]);
  expect(tables.all_leads).toHaveLength(2);
  expect(tables.engaged_leads).toMatchObject([{ email: "casey.morgan.0@fabrikam.example", campaign_id: "402" }]);
  expect(tables.crm_contacts).toHaveLength(1);
});

test("a bounce that comes as three events is one, in any order", async () => {
  const bounce = (type: string) => ({
    ...received(1, "2026-03-03T09:00:00Z"),
    reply: {
      ...received(1, "2026-03-03T09:00:00Z").reply,
      type,
      email_subject: "Undeliverable",
      automated_reply: true,
      folder: "Inbox",
      from_email_address: "MAILER-DAEMON@mx.example",
    },
  });
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("UNTRACKED_REPLY_RECEIVED", bounce("Untracked Reply")),
    bison("EMAIL_BOUNCED", bounce("Bounced")),
    bison("LEAD_REPLIED", bounce("Bounced")),
    bison("LEAD_REPLIED", received(2, "2026-03-04T09:00:00Z")),
  ]);
  expect(tables.bounces).toHaveLength(1);
  expect(tables.replies).toHaveLength(1);
  expect(tables.all_leads).toMatchObject([{ bounces: 1, replies: 1 }]);
  expect(tables.inboxes_current).toMatchObject([{ bounced_count: 1 }]);
});

test("a reply that was untracked before it was tracked counts once, in any order", async () => {
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("UNTRACKED_REPLY_RECEIVED", received(1, "2026-03-03T09:00:00Z")),
    bison("LEAD_REPLIED", received(1, "2026-03-03T09:00:00Z")),
    bison("LEAD_INTERESTED", markedInterested(1, "2026-03-03T09:00:00Z", "2026-03-04T08:00:00Z")),
    bison("MANUAL_EMAIL_SENT", received(9, "2026-03-05T08:00:00Z")),
  ]);
  expect(tables.replies).toMatchObject([{ type: "Tracked Reply", sequence_step_id: 812, interested: true }]);
  expect(tables.all_leads).toMatchObject([{ replied: true, replies: 1, unique_replies: 1 }]);
  expect(tables.engaged_leads).toMatchObject([{ last_contact: "2026-03-05T08:00:00+00:00", replied: true }]);
});

test("an automated reply marks nobody, in any order", async () => {
  const automated = received(1, "2026-03-03T09:00:00Z");
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("LEAD_REPLIED", { ...automated, reply: { ...automated.reply, automated_reply: true } }),
    bison("EMAIL_OPENED", at("2026-03-04T14:00:00Z")),
    bison("LEAD_FIRST_CONTACTED", at("2026-03-02T14:00:00Z")),
  ]);
  expect(tables.all_leads).toMatchObject([{ replied: null, replies: 0, engaged: null, emails_sent: 1 }]);
  expect(tables.replies).toMatchObject([{ automated: true, category: "OOO" }]);
  expect(tables.engaged_leads).toBeNull();
});

test("a reply that one event calls automated and another does not is a person's, in any order", async () => {
  const automated = received(1, "2026-03-03T09:00:00Z");
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", at("2026-03-02T14:00:00Z")),
    bison("LEAD_REPLIED", { ...automated, reply: { ...automated.reply, automated_reply: true } }),
    bison("LEAD_INTERESTED", markedInterested(1, "2026-03-03T09:00:00Z", "2026-03-04T08:00:00Z")),
    bison("UNTRACKED_REPLY_RECEIVED", received(2, "2026-03-05T09:00:00Z")),
  ]);
  expect(tables.replies).toMatchObject([
    { automated: false, category: "Interested", type: "Tracked Reply" },
    { automated: false },
  ]);
  expect(tables.all_leads).toMatchObject([{ replied: true, replies: 1, engaged: true }]);
  expect(tables.engaged_leads).toMatchObject([{ replied: true }]);
});

test("the newest event says who a lead is, in any order", async () => {
  const as = (title: string, status: string, plan: string) => ({
    lead: { title, status, custom_variables: [{ name: "plan", value: plan }] },
  });
  const { tables } = await playEveryOrder(sql, [
    bison("EMAIL_SENT", { ...as("Clerk", "verified", "a"), ...at("2026-03-02T14:00:00Z") }),
    bison("EMAIL_OPENED", { ...as("Head", "replied", "b"), ...at("2026-03-03T14:00:00Z") }),
    bison("LEAD_REPLIED", { ...as("President", "replied", "d"), ...received(1, "2026-03-04T09:00:00Z") }),
    bison("EMAIL_OPENED", {
      ...as("Chief", "replied", "c"),
      campaign_event: { id: 9, created_at: "2026-03-03T15:00:00Z" },
    }),
  ]);
  expect(tables.all_leads).toMatchObject([{ job_title: "President", custom_variables_jsonb: { plan: "d" } }]);
});
