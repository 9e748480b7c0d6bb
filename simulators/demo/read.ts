// What the database says of the day.
import type postgres from "postgres";

export interface EventRow {
  id: string;
  status: string;
  is_new: boolean;
  last_error: string | null;
}

export interface CampaignRow {
  client: string;
  campaign_id: number;
  campaign_name: string;
  emails_sent: number;
  total_leads_contacted: number;
  opened: number;
  unique_opens_per_contact: number;
  unique_opens_per_contact_percentage: number;
  unique_replies_per_contact: number;
  unique_replies_per_contact_percentage: number;
  bounced: number;
  bounced_percentage: number;
  unsubscribed: number;
  interested: number;
  interested_percentage: number;
}

/** A person who has a contact, a meeting or both. */
export interface PersonRow {
  client: string;
  email: string;
  name: string;
  company: string | null;
  /** Null: no contact. */
  status: string | null;
  stage: string | null;
  progress: Record<string, string>;
  meeting_status: string | null;
  meeting_date: Date | null;
}

export interface InboxRow {
  client: string;
  bison_inbox_id: number;
  email: string;
  status: string;
  last_event_at: Date | null;
  emails_sent_count: number;
  bounced_count: number;
  total_replied_count: number;
  tags: string;
}

export interface MailboxRow {
  client: string;
  replies: number;
  automated: number;
  untracked: number;
  bounces: number;
}

export interface DayRows {
  events: EventRow[];
  campaigns: CampaignRow[];
  people: PersonRow[];
  inboxes: InboxRow[];
  mailboxes: MailboxRow[];
  /** Counters that a recount of the stored facts finds wrong. */
  miscounted: { table_name: string; counter: string; stored: number; recounted: number }[];
}

export interface Question {
  date: string;
  since: Date;
  clients: string[];
  emails: string[];
  eventIds: number[];
  replyIds: number[];
}

export async function readDay(sql: postgres.Sql, asked: Question): Promise<DayRows> {
  const events = await sql<EventRow[]>`
    select id, status, received_at >= ${asked.since} as is_new, last_error
    from integrations.webhook_events
    where id = any(${asked.eventIds})`;
  const campaigns = await sql<CampaignRow[]>`
    select
      client, campaign_id, campaign_name, emails_sent::integer, total_leads_contacted::integer, opened::integer,
      unique_opens_per_contact::integer, unique_opens_per_contact_percentage::float8,
      unique_replies_per_contact::integer, unique_replies_per_contact_percentage::float8, bounced::integer,
      bounced_percentage::float8, unsubscribed::integer, interested::integer, interested_percentage::float8
    from public.campaign_reporting_current
    where client = any(${asked.clients})
      and date = ${asked.date}
    order by client desc, campaign_id`;
  const miscounted = await sql<DayRows["miscounted"]>`
    select r.table_name, r.counter, r.stored::float8, r.recounted::float8
    from unnest(${asked.clients}::text[]) as c (client), private.recount_counters(c.client) as r`;
  return {
    events,
    campaigns,
    people: await readPeople(sql, asked),
    inboxes: await readInboxes(sql, asked),
    mailboxes: await readMailboxes(sql, asked),
    miscounted,
  };
}

async function readPeople(sql: postgres.Sql, { clients, emails }: Question): Promise<PersonRow[]> {
  return await sql<PersonRow[]>`
    with contacts as (
      select * from public.crm_contacts where client = any(${clients}) and lower(email) = any(${emails}) and deleted_at is null
    ),
    meetings as (
      select * from public.meetings_booked where client = any(${clients}) and lower(email) = any(${emails})
    )
    select
      coalesce(c.client, m.client) as client, lower(coalesce(c.email, m.email)) as email,
      coalesce(nullif(c.full_name, ''), m.full_name, c.email, m.email) as name,
      coalesce(c.company_name, m.company) as company, c.status, c.stage,
      coalesce(c.pipeline_progress, '{}') as progress, m.status as meeting_status, m.meeting_date
    from contacts c
    full join meetings m on m.client = c.client and lower(m.email) = lower(c.email)
    order by client desc, m.meeting_date nulls last, name`;
}

async function readInboxes(sql: postgres.Sql, { clients }: Question): Promise<InboxRow[]> {
  return await sql<InboxRow[]>`
    select
      c.client, c.bison_inbox_id, c.email, c.status, i.last_event_at, c.emails_sent_count, c.bounced_count,
      c.total_replied_count,
      (
        select coalesce(string_agg(t.name, ', ' order by t.name), '')
        from public.inbox_tag_assignments a
        join public.inbox_tags t on t.id = a.tag_id
        where t.client = c.client
          and a.inbox_id = c.bison_inbox_id
      ) as tags
    from public.inboxes_current c
    join public.inboxes i on i.id = c.id
    where c.client = any(${clients})
    order by c.client desc, c.bison_inbox_id`;
}

async function readMailboxes(sql: postgres.Sql, { clients, replyIds }: Question): Promise<MailboxRow[]> {
  return await sql<MailboxRow[]>`
    select
      c.client,
      count(r.*) filter (where not r.automated and r.campaign_id is not null)::integer as replies,
      count(r.*) filter (where r.automated and r.category = 'OOO')::integer as automated,
      count(r.*) filter (where r.campaign_id is null)::integer as untracked,
      (select count(*) from public.bounces b where b.client = c.client and b.reply_id = any(${replyIds}))::integer as bounces
    from unnest(${clients}::text[]) as c (client)
    left join public.replies r on r.client = c.client and r.reply_id = any(${replyIds})
    group by c.client`;
}
