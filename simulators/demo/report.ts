// The day's tables, for people.
import { agency } from "../agency.ts";
import type { Day } from "./day.ts";
import type { Answered } from "./play.ts";
import type { DayRows, PersonRow } from "./read.ts";
import { dim, green, plain, red, table, yellow } from "./table.ts";

export function report(day: Day, answers: Answered[], rows: DayRows): string {
  return [
    deliveryTable(answers, rows),
    ...agency.map(({ name, timeZone }) => peopleTable(name, timeZone, rows)),
    campaignTable(day, rows),
    inboxTable(rows),
  ].join("\n");
}

interface Tally {
  type: string;
  events: number;
  delivered: number;
  fresh: number;
  processed: number;
  ignored: number;
  duplicates: number;
}

function deliveryTable(answers: Answered[], rows: DayRows): string {
  const statuses = new Map(rows.events.map(({ id, status }) => [Number(id), status]));
  const tally = (type: string, of: Answered[]): Tally => {
    const ids = [...new Set(of.map(({ eventId }) => eventId ?? 0))];
    const duplicates = of.filter(({ outcome }) => outcome === "duplicate").length;
    return {
      type,
      events: new Set(of.map(({ post }) => post.event)).size,
      delivered: of.length,
      fresh: of.length - duplicates,
      processed: ids.filter((id) => statuses.get(id) === "processed").length,
      ignored: ids.filter((id) => statuses.get(id) === "ignored").length,
      duplicates,
    };
  };
  const byType = [...Map.groupBy(answers, ({ post }) => post.type)].map(([type, of]) => tally(type, of));
  const isTotal = ({ type }: Tally) => type === "all";
  return table(
    "Deliveries: what the providers sent, and what was made of it",
    [
      { head: "Event", value: ({ type }) => type, paint: (row) => isTotal(row) ? plain : dim },
      { head: "Happened", value: ({ events }) => events },
      { head: "Delivered", value: ({ delivered }) => delivered },
      { head: "New", value: ({ fresh }) => fresh },
      {
        head: "Duplicates",
        value: ({ duplicates }) => duplicates,
        paint: ({ duplicates }) => duplicates ? yellow : dim,
      },
      { head: "Processed", value: ({ processed }) => processed },
      { head: "Ignored", value: ({ ignored }) => ignored, paint: ({ ignored }) => ignored ? plain : dim },
    ],
    [...byType.sort((a, b) => a.type < b.type ? -1 : 1), tally("all", answers)],
  );
}

function peopleTable(client: string, timeZone: string, rows: DayRows): string {
  const people = rows.people.filter((row) => row.client === client && row.status !== null);
  return table(
    `${client}: the day's contacts (times in ${timeZone})`,
    [
      { head: "Contact", value: ({ name }) => name, max: 22 },
      { head: "Company", value: ({ company }) => company ?? "-", max: 20 },
      { head: "Status", value: ({ status }) => status ?? "-", paint: ({ status }) => status === "hot" ? green : red },
      { head: "Stage", value: ({ stage }) => stage ?? "-", max: 10 },
      { head: "Meeting", value: ({ meeting_date }) => meeting_date ? moment(meeting_date, timeZone) : "-" },
      { head: "", value: ({ meeting_status }) => meeting_status ?? "", paint: meetingPaint },
      { head: "Pipeline progress", value: ({ progress }) => Object.keys(progress).join(", ") || "-", max: 20 },
    ],
    people,
  );
}

function meetingPaint({ meeting_status }: PersonRow) {
  return meeting_status === "booked" ? green : meeting_status === "no_show" ? yellow : red;
}

function campaignTable(day: Day, rows: DayRows): string {
  const share = (count: number, percentage: number) => `${count} (${Math.round(percentage)}%)`;
  return table(
    `The campaigns' day, ${day.date} (rates per lead written to; bounces per mail)`,
    [
      { head: "Campaign", value: ({ campaign_name }) => campaign_name, max: 24 },
      { head: "Mails", value: ({ emails_sent }) => emails_sent },
      { head: "Leads", value: ({ total_leads_contacted }) => total_leads_contacted },
      { head: "Opens", value: ({ opened }) => opened },
      { head: "Openers", value: (row) => share(row.unique_opens_per_contact, row.unique_opens_per_contact_percentage) },
      {
        head: "Repliers",
        value: (row) => share(row.unique_replies_per_contact, row.unique_replies_per_contact_percentage),
      },
      { head: "Interested", value: (row) => share(row.interested, row.interested_percentage) },
      { head: "Bounced", value: (row) => share(row.bounced, row.bounced_percentage) },
      { head: "Left", value: ({ unsubscribed }) => unsubscribed },
    ],
    rows.campaigns,
  );
}

function inboxTable(rows: DayRows): string {
  return table(
    "Inboxes, all days so far",
    [
      { head: "Inbox", value: ({ email }) => email, max: 30 },
      { head: "Status", value: ({ status }) => status, paint: ({ status }) => status === "Connected" ? green : red },
      { head: "Mails", value: ({ emails_sent_count }) => emails_sent_count },
      { head: "Replies", value: ({ total_replied_count }) => total_replied_count },
      { head: "Bounces", value: ({ bounced_count }) => bounced_count },
      { head: "Tags", value: ({ tags }) => tags || "-", max: 24 },
    ],
    rows.inboxes,
  );
}

function moment(at: Date, timeZone: string): string {
  const options = { weekday: "short", day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  return at.toLocaleString("en-GB", { ...options, timeZone }).replace(",", "");
}
