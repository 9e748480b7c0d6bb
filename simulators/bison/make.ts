// New parts of a webhook's `data`: what the provider fills in when a lead, a mail or a reply comes into being.
import { seconds, stableUuid, wallClock } from "../format.ts";
import type { Address, LeadPart, MailPart, ReplyPart, SenderPart } from "./parts.ts";

export interface LeadInput {
  email: string;
  first_name?: string | null;
  last_name?: string | null;
  title?: string | null;
  company?: string | null;
  custom_variables?: LeadPart["custom_variables"];
}

export interface Step {
  id: number;
  subject: string;
  body: string;
}

export interface SenderInput {
  id: number;
  name: string;
  email: string;
  daily_limit?: number;
}

export function newLead(id: number, input: LeadInput): LeadPart {
  return {
    id,
    email: input.email.toLowerCase(),
    first_name: input.first_name ?? null,
    last_name: input.last_name ?? null,
    status: "unverified",
    title: input.title ?? null,
    company: input.company ?? null,
    custom_variables: input.custom_variables ?? [],
    emails_sent: 0,
    opens: 0,
    unique_opens: 0,
    replies: 0,
    unique_replies: 0,
    bounces: 0,
  };
}

export function newSender(input: SenderInput, now: Date): SenderPart {
  return {
    id: input.id,
    name: input.name,
    email: input.email,
    status: "connected",
    type: "google_workspace_oauth",
    daily_limit: input.daily_limit ?? 25,
    emails_sent: 0,
    replied: 0,
    opened: 0,
    unsubscribed: 0,
    bounced: 0,
    unique_replies: 0,
    unique_opens: 0,
    total_leads_contacted: 0,
    interested: 0,
    created_at: seconds(now),
    updated_at: seconds(now),
  };
}

export function newMail(
  id: number,
  { lead, sender, step, order, zone }: { lead: LeadPart; sender: SenderPart; step: Step; order: number; zone: string },
  now: Date,
): MailPart {
  return {
    id,
    lead_id: lead.id,
    sequence_step_id: step.id,
    sequence_step_order: order,
    sequence_step_variant: 1,
    email_subject: merged(step.subject, lead),
    email_body: merged(step.body, lead),
    status: "sent",
    scheduled_date_est: wallClock(now, "America/New_York"),
    scheduled_date_local: wallClock(now, zone),
    local_timezone: zone,
    sent_at: seconds(now),
    opens: 0,
    replies: 0,
    unique_opens: 0,
    unique_replies: 0,
    interested: null,
    raw_message_id: messageId(`mail ${id}`, sender.email),
  };
}

/** What the writer of a message decides; the rest is the provider's. */
export type Message =
  & { type: ReplyPart["type"]; subject: string; text: string; from: Address; to: Address }
  & Partial<Pick<ReplyPart, "automated_reply" | "folder" | "parent_id">>;

export function newReply(id: number, { subject, text, from, to, ...rest }: Message, now: Date): ReplyPart {
  return {
    id,
    uuid: stableUuid(`reply ${id}`),
    email_subject: subject,
    interested: false,
    automated_reply: false,
    html_body: `<div dir="ltr">${escaped(text)}</div>`,
    text_body: `${text}\r\n`,
    raw_body: null,
    headers: null,
    date_received: seconds(now),
    from_name: from.name,
    from_email_address: from.address,
    primary_to_email_address: to.address,
    to: [to],
    cc: null,
    bcc: null,
    parent_id: null,
    folder: "Inbox",
    raw_message_id: messageId(`reply ${id}`, from.address),
    created_at: seconds(now),
    updated_at: seconds(now),
    attachments: [],
    ...rest,
  };
}

export function bounceNotice(lost: string, sender: SenderPart): Omit<Message, "type"> {
  return {
    subject: "Delivery Status Notification (Failure)",
    text: `Address not found. Your message was not delivered to ${lost}.`,
    from: { name: "Mail Delivery Subsystem", address: "mailer-daemon@googlemail.com" },
    to: { name: null, address: sender.email },
    automated_reply: true,
  };
}

export function personOf(lead: LeadPart): Address {
  return { name: [lead.first_name, lead.last_name].filter(Boolean).join(" ") || null, address: lead.email };
}

function merged(text: string, lead: LeadPart): string {
  return text.replaceAll("{FIRST_NAME}", lead.first_name ?? "there").replaceAll("{COMPANY}", lead.company ?? "you");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\n", "<br>");
}

function messageId(name: string, address: string): string {
  return `<${stableUuid(name)}@${address.split("@")[1]}>`;
}
