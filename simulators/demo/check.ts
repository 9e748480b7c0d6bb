// Compares what the database says with what was sent.
import type { Day } from "./day.ts";
import { campaignDays, mailboxes } from "./figures.ts";
import type { Answered } from "./play.ts";
import type { DayRows } from "./read.ts";

export interface Result {
  checked: number;
  /** One sentence each. */
  differences: string[];
}

export function check(day: Day, answers: Answered[], rows: DayRows): Result {
  const result: Result = { checked: 0, differences: [] };
  const same = (what: string, found: unknown, expected: unknown) => {
    result.checked++;
    if (found !== expected) result.differences.push(`${what}: ${show(found)} instead of ${show(expected)}`);
  };
  checkDeliveries(day, answers, rows, same);
  checkCampaigns(day, rows, same);
  checkPeople(day, rows, same);
  checkInboxes(day, rows, same);
  for (const { client, ...expected } of mailboxes(day)) {
    const found = rows.mailboxes.find((row) => row.client === client);
    for (const [name, count] of Object.entries(expected)) same(`${client}, ${name}`, found?.[name as "replies"], count);
  }
  same("counters that a recount of the stored facts corrects", rows.miscounted.length, 0);
  return result;
}

type Same = (what: string, found: unknown, expected: unknown) => void;

function checkDeliveries(day: Day, answers: Answered[], rows: DayRows, same: Same): void {
  const stored = new Map(rows.events.map((row) => [Number(row.id), row]));
  const byEvent = Map.groupBy(answers, ({ post }) => post.event);
  same("deliveries not answered with 200", answers.filter(({ status }) => status !== 200).length, 0);
  for (const [event, of] of byEvent) {
    const { type } = of[0]!.post;
    const ids = new Set(of.map(({ eventId }) => eventId));
    same(`${type} ${event.id}, stored events`, ids.size, 1);
    const row = stored.get([...ids][0] ?? 0);
    same(
      `${type} ${event.id}, status (${row?.last_error ?? "no error"})`,
      row?.status,
      day.ignored.has(event) ? "ignored" : "processed",
    );
    const fresh = of.filter(({ outcome }) => outcome !== "duplicate").length;
    same(`${type} ${event.id}, deliveries that were no duplicate`, fresh, row?.is_new ? 1 : 0);
  }
}

function checkCampaigns(day: Day, rows: DayRows, same: Same): void {
  for (const { client, campaign_id, ...expected } of campaignDays(day)) {
    const found = rows.campaigns.find((row) => row.client === client && row.campaign_id === campaign_id);
    for (const [name, count] of Object.entries(expected)) {
      same(`campaign ${campaign_id}, ${name}`, found?.[name as "opened"], count);
    }
    const rate = (part: number) => Math.round((10_000 * part) / expected.total_leads_contacted) / 100;
    same(
      `campaign ${campaign_id}, reply rate`,
      found?.unique_replies_per_contact_percentage,
      rate(expected.unique_replies_per_contact),
    );
    same(`campaign ${campaign_id}, interested rate`, found?.interested_percentage, rate(expected.interested));
  }
}

function checkPeople(day: Day, rows: DayRows, same: Same): void {
  for (const { client, email, company, contact, meeting } of day.expectations) {
    const found = rows.people.find((row) => row.client === client && row.email === email);
    same(`contact ${email} of ${client}`, found?.status ?? null, contact);
    if (contact) same(`contact ${email} of ${client}, company`, found?.company, company);
    same(`meeting ${email} of ${client}`, found?.meeting_status ?? null, meeting?.status ?? null);
    same(`meeting ${email} of ${client}, time`, found?.meeting_date?.toISOString(), meeting?.at.toISOString());
  }
}

/** An inbox that a later day has changed is not this day's to judge. */
function checkInboxes(day: Day, rows: DayRows, same: Same): void {
  for (const { client, id, status, since } of day.inboxes) {
    const found = rows.inboxes.find((row) => row.client === client && row.bison_inbox_id === id);
    if (found?.last_event_at && found.last_event_at > since) continue;
    same(`inbox ${id} of ${client}`, found?.status, status);
  }
}

function show(value: unknown): string {
  return value === null || value === undefined ? "nothing" : String(value);
}
