// The parts of an EmailBison webhook's `data`, exactly as the provider writes them.

export interface LeadPart {
  id: number;
  email: string;
  first_name: string | null;
  last_name: string | null;
  status: string;
  title: string | null;
  company: string | null;
  custom_variables: { name: string; value: string }[];
  emails_sent: number;
  opens: number;
  unique_opens: number;
  replies: number;
  unique_replies: number;
  bounces: number;
}

export interface SenderPart {
  id: number;
  name: string;
  email: string;
  status: "connected" | "disconnected";
  type: string;
  daily_limit: number;
  emails_sent: number;
  replied: number;
  opened: number;
  unsubscribed: number;
  bounced: number;
  unique_replies: number;
  unique_opens: number;
  total_leads_contacted: number;
  interested: number;
  created_at: string;
  updated_at: string;
}

export interface MailPart {
  id: number;
  lead_id: number;
  sequence_step_id: number;
  sequence_step_order: number;
  sequence_step_variant: number;
  email_subject: string;
  email_body: string;
  status: string;
  scheduled_date_est: string;
  scheduled_date_local: string;
  local_timezone: string;
  sent_at: string;
  opens: number;
  replies: number;
  unique_opens: number;
  unique_replies: number;
  interested: boolean | null;
  raw_message_id: string;
}

export interface ReplyPart {
  id: number;
  uuid: string;
  email_subject: string;
  interested: boolean;
  automated_reply: boolean;
  html_body: string;
  text_body: string;
  raw_body: string | null;
  headers: string | null;
  date_received: string;
  type: "Tracked Reply" | "Untracked Reply" | "Outgoing Email" | "Bounced";
  from_name: string | null;
  from_email_address: string;
  primary_to_email_address: string;
  to: Address[];
  cc: Address[] | null;
  bcc: Address[] | null;
  parent_id: number | null;
  folder: "Inbox" | "Sent" | "Bounced" | "Spam";
  raw_message_id: string;
  created_at: string;
  updated_at: string;
  attachments: unknown[];
}

export interface Address {
  name: string | null;
  address: string;
}

export interface CampaignEventPart {
  id: number;
  type: "sent" | "open" | "replied" | "interested" | "bounce" | "unsubscribed";
  created_at_local: string;
  local_timezone: string;
  created_at: string;
}

export interface TagPart {
  tag_id: number;
  tag_name: string;
  taggable_id: number;
  taggable_type: Taggable;
}

export type Taggable = "Campaign" | "Lead" | "SenderEmail";

/** The 17 subscription ids with the names shown in the provider's own list. */
export const EVENT_NAMES = {
  email_sent: "Email Sent",
  manual_email_sent: "Manual Email Sent",
  lead_first_contacted: "Contact First Emailed",
  lead_replied: "Contact Replied",
  lead_interested: "Contact Interested",
  lead_unsubscribed: "Contact Unsubscribed",
  untracked_reply_received: "Untracked Reply Received",
  email_opened: "Email Opened",
  email_bounced: "Email Bounced",
  email_account_added: "Email Account Added",
  email_account_removed: "Email Account Removed",
  email_account_disconnected: "Email Account Disconnected",
  email_account_reconnected: "Email Account Reconnected",
  tag_attached: "Tag Attached",
  tag_removed: "Tag Removed",
  warmup_disabled_causing_bounces: "Warmup Disabled (Causing Bounces)",
  warmup_disabled_receiving_bounces: "Warmup Disabled (Receiving Bounces)",
} as const;

export type EventId = keyof typeof EVENT_NAMES;
export const EVENT_IDS = Object.keys(EVENT_NAMES) as EventId[];
