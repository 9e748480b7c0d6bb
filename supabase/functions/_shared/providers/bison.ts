// EmailBison's lists, as far as they are read. Rows keep the provider's names; what they mean is SQL. A token belongs to
// one workspace, so nothing here names one.

import { z } from "zod";
import { providerTime } from "../../../../shared/delivery.ts";
import { callProvider, providerUrl } from "./call.ts";

/** One page of a list. Numbered pages tell total and last_page, others next_cursor. */
export interface Page<Row = unknown> {
  rows: Row[];
  total?: number | undefined;
  last_page?: number | undefined;
  next_cursor?: string | null | undefined;
}

export interface ListedEvent {
  id: number;
  payload: Record<string, unknown>;
  created_at: string;
}

/** A workspace's API. Each call is one request. */
export interface Bison {
  campaigns(page: number): Promise<Page>;
  /** A campaign's figures of one day. */
  campaignDay(campaign: number, day: string): Promise<unknown>;
  senders(page: number): Promise<Page>;
  sender(id: number): Promise<unknown>;
  /** Warm-up figures of one day. */
  warmup(page: number, day: string): Promise<Page>;
  tags(page: number): Promise<Page>;
  campaignLeads(campaign: number, cursor: string | null): Promise<Page>;
  /** Leads that changed since a day. */
  leads(page: number, since: string): Promise<Page>;
  replies(cursor: string | null): Promise<Page>;
  /** Events of these days, both included. */
  events(cursor: string | null, from: string, to: string): Promise<Page<ListedEvent>>;
}

export interface BisonOptions {
  /** `https://dedi.emailbison.com`, or a host of one's own. */
  instanceUrl: string;
  /** `<id>|<token>` */
  token: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** Other lists have 15 rows a page whatever they are asked for. */
const sendersPerPage = 100;

// Numbers come as strings at times, and what is not told may be missing, null or blank.
const number = z.union([z.number(), z.string().regex(/^\s*-?\d+(\.\d+)?\s*$/).transform(Number)]);
const maybeNumber = number.nullish().catch(null);
const count = number.nullish().catch(null).transform((value) => value ?? 0);
const id = number.refine(Number.isSafeInteger);
const text = z.union([z.string(), z.number().transform(String)]).nullish().catch(null);
const time = z.unknown().transform((value) => providerTime(value) ?? null);
const flag = z.union([z.boolean(), z.number().transform(Boolean), z.stringbool()]).nullish().catch(null);
const tags = z.array(z.object({ id, name: z.string(), default: flag })).nullish().catch([]).transform((all) =>
  all ?? []
);

const Campaign = z.object({ id, name: text, status: text, tags, created_at: time });

const Sender = z.object({
  id,
  name: text,
  email: z.string(),
  email_signature: text,
  imap_server: text,
  imap_port: maybeNumber,
  smtp_server: text,
  smtp_port: maybeNumber,
  daily_limit: maybeNumber,
  type: text,
  status: text,
  warmup_enabled: flag,
  emails_sent_count: count,
  total_replied_count: count,
  total_opened_count: count,
  unsubscribed_count: count,
  bounced_count: count,
  unique_replied_count: count,
  unique_opened_count: count,
  total_leads_contacted_count: count,
  interested_leads_count: count,
  tags,
  created_at: time,
});

const Warmup = z.object({
  id,
  warmup_score: maybeNumber,
  warmup_emails_sent: maybeNumber,
  warmup_replies_received: maybeNumber,
  warmup_emails_saved_from_spam: maybeNumber,
  warmup_bounces_received_count: maybeNumber,
  warmup_bounces_caused_count: maybeNumber,
  warmup_disabled_for_bouncing_count: maybeNumber,
});

const Tag = z.object({ id, name: z.string(), default: flag });

const Lead = z.object({
  id,
  email: text,
  first_name: text,
  last_name: text,
  title: text,
  company: text,
  status: text,
  custom_variables: z.unknown(),
  lead_campaign_data: z.array(z.object({ campaign_id: id, status: text })).nullish().catch([]).transform((all) =>
    all ?? []
  ),
  tags,
  created_at: time,
});

const Reply = z.object({
  id,
  uuid: text,
  type: text,
  folder: text,
  subject: text,
  text_body: text,
  html_body: text,
  interested: flag,
  automated_reply: flag,
  date_received: time,
  campaign_id: maybeNumber,
  lead_id: maybeNumber,
  sender_email_id: maybeNumber,
  raw_message_id: text,
  from_name: text,
  from_email_address: text,
  primary_to_email_address: text,
  parent_id: maybeNumber,
  created_at: time,
  updated_at: time,
});

const Event = z.object({ id, payload: z.record(z.string(), z.unknown()), created_at: z.string() });

const Day = z.object({
  data: z.object({
    emails_sent: count,
    total_leads_contacted: count,
    opened: count,
    unique_opens_per_contact: maybeNumber,
    unique_replies_per_contact: count,
    bounced: count,
    unsubscribed: count,
    interested: count,
    sequence_step_stats: z.array(z.object({
      sequence_step_id: id,
      email_subject: text,
      sent: count,
      leads_contacted: count,
      unique_opens: count,
      unique_replies: count,
      bounced: count,
      unsubscribed: count,
      interested: count,
    })).nullish().transform((all) => all ?? []),
  }),
});

export function createBison({ instanceUrl, token, signal, timeoutMs }: BisonOptions): Bison {
  const base = providerUrl("bison", `${instanceUrl.trim().replace(/\/+$/, "")}/api`);

  function ask<T>(path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    return callProvider({
      provider: "EmailBison",
      url: `${base}/${path}`,
      headers: { authorization: `Bearer ${token}` },
      schema,
      softError,
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
      ...(timeoutMs ? { timeoutMs } : {}),
    });
  }

  const list = <Row>(path: string, query: Record<string, string>, row: z.ZodType<Row>) =>
    ask(`${path}?${new URLSearchParams(query)}`, pageOf(row));
  const from = (cursor: string | null): Record<string, string> => ({
    pagination_type: "cursor",
    ...(cursor ? { cursor } : {}),
  });

  return {
    campaigns: (page) => list("campaigns", { page: `${page}` }, Campaign),
    campaignDay: async (campaign, day) =>
      (await ask(`campaigns/${campaign}/stats`, Day, { start_date: day, end_date: day })).data,
    senders: (page) => list("sender-emails", { page: `${page}`, per_page: `${sendersPerPage}` }, Sender),
    sender: async (id) => (await ask(`sender-emails/${id}`, z.object({ data: Sender }))).data,
    warmup: (page, day) => list("warmup/sender-emails", { page: `${page}`, start_date: day, end_date: day }, Warmup),
    tags: (page) => list("tags", { page: `${page}` }, Tag),
    campaignLeads: (campaign, cursor) => list(`campaigns/${campaign}/leads`, from(cursor), Lead),
    async leads(page, since) {
      const filter = { "filters[updated_at][criteria]": ">=", "filters[updated_at][value]": since };
      // The total may be of all leads, whatever the filter.
      return { ...await list("leads", { page: `${page}`, ...filter }, Lead), total: undefined };
    },
    replies: (cursor) => list("replies", { folder: "all", ...from(cursor) }, Reply),
    events: (cursor, start_date, end_date) => list("events", { start_date, end_date, ...from(cursor) }, Event),
  };
}

function pageOf<Row>(row: z.ZodType<Row>): z.ZodType<Page<Row>> {
  return z.object({
    data: z.array(row),
    meta: z.object({ total: maybeNumber, last_page: maybeNumber, next_cursor: z.string().nullish() }).nullish(),
  }).transform(({ data, meta }) => ({
    rows: data,
    total: meta?.total ?? undefined,
    last_page: meta?.last_page ?? undefined,
    next_cursor: meta?.next_cursor,
  }));
}

/** Some refusals come with status 200: `{"data": {"success": "false", "message"}}`, the flag a string at times. */
export function softError(json: unknown): string | undefined {
  const { success, message } = (json as { data?: Record<string, unknown> | null } | null)?.data ?? {};
  return String(success) === "false" ? String(message ?? "It was refused.") : undefined;
}
