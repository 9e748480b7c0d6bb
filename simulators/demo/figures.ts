// What a day's events must add up to, counted from the events themselves.
import type { BisonEvent } from "../bison/mod.ts";
import type { Day } from "./day.ts";

/** The counters of public.campaign_reporting, for one campaign and day. */
export interface CampaignDay {
  client: string;
  campaign_id: number;
  emails_sent: number;
  total_leads_contacted: number;
  opened: number;
  unique_opens_per_contact: number;
  unique_replies_per_contact: number;
  bounced: number;
  unsubscribed: number;
  interested: number;
}

/** Rows by client. */
export interface Mailbox {
  client: string;
  replies: number;
  automated: number;
  untracked: number;
  bounces: number;
}

interface Data {
  campaign?: { id: number };
  lead?: { id: number };
  reply?: { automated_reply: boolean; from_email_address: string };
}

/** Each event once, however often it is delivered. */
export function eventsOf(day: Day): BisonEvent[] {
  return [...new Set(day.posts.map(({ event }) => event))].filter((event) => "workspace" in event);
}

export function campaignDays(day: Day): CampaignDay[] {
  const byCampaign = Map.groupBy(eventsOf(day), ({ payload }) => dataOf({ payload }).campaign?.id);
  return [...byCampaign].flatMap(([campaign_id, events]) => campaign_id ? [campaignDay(campaign_id, events)] : []);
}

function campaignDay(campaign_id: number, events: BisonEvent[]): CampaignDay {
  const of = (type: string) => events.filter((event) => event.type === type && !isAutomatedReply(event));
  const leads = (type: string) => new Set(of(type).map((event) => dataOf(event).lead?.id)).size;
  return {
    client: events[0]!.workspace.input.name,
    campaign_id,
    emails_sent: of("EMAIL_SENT").length,
    total_leads_contacted: leads("EMAIL_SENT"),
    opened: of("EMAIL_OPENED").length,
    unique_opens_per_contact: leads("EMAIL_OPENED"),
    unique_replies_per_contact: leads("LEAD_REPLIED"),
    bounced: of("EMAIL_BOUNCED").length,
    unsubscribed: leads("LEAD_UNSUBSCRIBED"),
    interested: leads("LEAD_INTERESTED"),
  };
}

export function mailboxes(day: Day): Mailbox[] {
  const byClient = Map.groupBy(eventsOf(day), ({ workspace }) => workspace.input.name);
  return [...byClient].map(([client, events]) => {
    const count = (type: string, has: (event: BisonEvent) => boolean) =>
      events.filter((event) => event.type === type && has(event)).length;
    return {
      client,
      replies: count("LEAD_REPLIED", (event) => !isAutomatedReply(event)),
      automated: count("LEAD_REPLIED", isAutomatedReply),
      untracked: count("UNTRACKED_REPLY_RECEIVED", (event) => !isBounceNotice(event)),
      bounces: count("EMAIL_BOUNCED", () => true) + count("UNTRACKED_REPLY_RECEIVED", isBounceNotice),
    };
  });
}

/** A bounce's notice is automated, too, but it is no reply. */
function isAutomatedReply(event: BisonEvent): boolean {
  return event.type === "LEAD_REPLIED" && dataOf(event).reply?.automated_reply === true;
}

function isBounceNotice(event: BisonEvent): boolean {
  return dataOf(event).reply?.from_email_address.startsWith("mailer-daemon@") === true;
}

function dataOf({ payload }: Pick<BisonEvent, "payload">): Data {
  return payload.data as Data;
}
