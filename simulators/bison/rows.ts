// Rows of EmailBison's REST answers. Numbers that come as strings there are strings here.
import type { Delivery } from "../courier.ts";
import { seconds, stableUuid } from "../format.ts";
import type { WebhookUrl } from "./simulator.ts";
import type { BisonEvent, Campaign, Lead, Mail, Reply, Sender, Tag, Workspace } from "./workspace.ts";

export function userOf({ input }: Workspace) {
  return {
    id: input.id,
    name: `${input.name} owner`,
    email: `owner-${input.id}@dedi.emailbison.test`,
    workspace: { id: input.id, name: input.name, webhooks_secret_key: stableUuid(`webhooks secret ${input.id}`) },
  };
}

export function webhookRow({ id, name, url, events, created_at, updated_at }: WebhookUrl) {
  return { id, name, url, events, created_at, updated_at };
}

export function eventRow(event: BisonEvent, deliveries: Delivery[]) {
  const at = seconds(event.at);
  return {
    id: event.id,
    uuid: event.uuid,
    payload: event.payload,
    webhook_deliveries: deliveries.map((delivery) => deliveryRow(event, delivery)),
    created_at: at,
    updated_at: at,
  };
}

function deliveryRow(event: BisonEvent, { id, url, state, attempts }: Delivery) {
  const times = attempts.map(({ at }) => seconds(at));
  return {
    id,
    event_id: event.id,
    webhook_url: url,
    attempt_count: attempts.length,
    last_attempt_at: times.at(-1) ?? null,
    status: state,
    webhook_attempts: attempts.map((attempt, index) => ({
      id: attempt.id,
      status: attempt.status === 200 ? "succeeded" : "failed",
      response_code: attempt.status,
      created_at: times[index],
      updated_at: times[index],
    })),
    created_at: times[0] ?? null,
    updated_at: times.at(-1) ?? null,
  };
}

export function campaignRow(campaign: Campaign, workspace: Workspace) {
  const { input, contacted, tags, created_at } = campaign;
  const mails = workspace.mails.filter((mail) => mail.campaign === campaign);
  const sum = (count: (mail: Mail) => number) => mails.reduce((total, mail) => total + count(mail), 0);
  const people = (has: (mail: Mail) => boolean) => new Set(mails.filter(has).map(({ lead }) => lead)).size;
  return {
    id: input.id,
    uuid: stableUuid(`campaign ${workspace.input.id} ${input.id}`),
    name: input.name,
    type: "outbound",
    status: input.status ?? "Active",
    completion_percentage: 40,
    emails_sent: mails.length,
    opened: sum(({ part }) => part.opens),
    unique_opens: `${people(({ part }) => part.opens > 0)}`,
    replied: sum(({ part }) => part.replies),
    unique_replies: people(({ part }) => part.replies > 0),
    bounced: people(({ lead }) => lead.part.bounces > 0),
    unsubscribed: people(({ unsubscribed }) => unsubscribed),
    interested: people(({ part }) => part.interested === true),
    total_leads_contacted: contacted.size,
    total_leads: contacted.size,
    max_emails_per_day: 500,
    max_new_leads_per_day: 100,
    plain_text: false,
    open_tracking: true,
    can_unsubscribe: true,
    unsubscribe_text: "Click here to unsubscribe",
    sequence_prioritization: "followups",
    include_auto_replies_in_stats: input.includeAutoReplies !== false,
    tags: [...tags].map(tagRow),
    created_at,
    updated_at: created_at,
  };
}

/** REST counts end in `_count`; a webhook's do not. */
export function senderRow({ part, tags, warmup }: Sender) {
  return {
    id: part.id,
    name: part.name,
    email: part.email,
    email_signature: null,
    imap_server: "imap.gmail.com",
    imap_port: 993,
    smtp_server: "smtp.gmail.com",
    smtp_port: 465,
    daily_limit: part.daily_limit,
    type: part.type,
    status: part.status === "connected" ? "Connected" : "Not connected",
    warmup_enabled: warmup,
    emails_sent_count: part.emails_sent,
    total_replied_count: part.replied,
    total_opened_count: part.opened,
    unsubscribed_count: part.unsubscribed,
    bounced_count: part.bounced,
    unique_replied_count: part.unique_replies,
    unique_opened_count: part.unique_opens,
    total_leads_contacted_count: part.total_leads_contacted,
    interested_leads_count: part.interested,
    tags: [...tags].map(tagRow),
    created_at: part.created_at,
    updated_at: part.updated_at,
  };
}

export function leadRow(workspace: Workspace) {
  return (lead: Lead) => {
    const { part, tags, created_at, updated_at } = lead;
    const { emails_sent, opens, replies, unique_replies, unique_opens, bounces: _, ...rest } = part;
    return {
      ...rest,
      uuid: stableUuid(`lead ${workspace.input.id} ${part.id}`),
      notes: null,
      lead_campaign_data: workspace.campaignsOf(lead).map((campaign) => campaignOfLead(workspace, lead, campaign)),
      overall_stats: { emails_sent, opens, replies, unique_replies, unique_opens },
      tags: [...tags].map(tagRow),
      created_at,
      updated_at,
    };
  };
}

function campaignOfLead(workspace: Workspace, lead: Lead, campaign: Campaign) {
  const mails = workspace.mails.filter((mail) => mail.lead === lead && mail.campaign === campaign);
  const sum = (count: (mail: Mail) => number) => mails.reduce((total, mail) => total + count(mail), 0);
  const replies = sum(({ part }) => part.replies);
  const stopped = mails.some(({ unsubscribed }) => unsubscribed) || lead.part.bounces > 0;
  return {
    campaign_id: campaign.input.id,
    status: mails.length === 0
      ? "never_contacted"
      : replies > 0
      ? "replied"
      : stopped
      ? "sequence_stopped"
      : mails.length >= campaign.input.steps.length
      ? "sequence_finished"
      : "in_sequence",
    emails_sent: mails.length,
    replies,
    opens: sum(({ part }) => part.opens),
    interested: mails.some(({ part }) => part.interested) || null,
  };
}

/** Figures of a sender's warm-up, so many a day. */
export function warmupRow(days: string[]) {
  return ({ part, tags }: Sender) => ({
    id: part.id,
    name: part.name,
    email: part.email,
    domain: part.email.split("@")[1],
    tags: [...tags].map(tagRow),
    warmup_emails_sent: 10 * days.length,
    warmup_replies_received: 4 * days.length,
    warmup_emails_saved_from_spam: part.id % 3,
    warmup_score: 90 + part.id % 11,
    warmup_bounces_received_count: 0,
    warmup_bounces_caused_count: 0,
    warmup_disabled_for_bouncing_count: 0,
  });
}

export function replyRow({ part, mail, sender }: Reply) {
  const { email_subject, ...rest } = part;
  return {
    ...rest,
    subject: email_subject,
    read: false,
    tracked_reply: mail !== null,
    scheduled_email_id: mail?.part.id ?? null,
    campaign_id: mail?.campaign.input.id ?? null,
    lead_id: mail?.lead.part.id ?? null,
    sender_email_id: sender.part.id,
  };
}

export function tagRow({ id, name }: Tag) {
  return { id, name, default: false };
}
