// Every figure of every report once more, in plain SQL from the bodies that were received. Nothing here reads a table,
// view or function that a report reads, but for tenants (time zones), client_targets and what people did by hand, which
// is in recount.marks and recount.deals.

import type postgres from "postgres";

const figures = ["sent", "contacted", "opened", "unique_opens", "replied", "bounced", "unsubscribed", "interested"];

/** Names of the recount's figures, as the rollups call them. */
export const rollupNames: Record<string, string> = {
  sent: "emails_sent",
  contacted: "total_leads_contacted",
  opened: "opened",
  unique_opens: "unique_opens_per_contact",
  replied: "unique_replies_per_contact",
  bounced: "bounced",
  unsubscribed: "unsubscribed",
  interested: "interested",
};

export async function createRecount(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema recount;
    create table recount.marks (client text, email text, flag text, at timestamptz, primary key (client, email, flag));
    create table recount.deals (client text, stage text, currency text, amount numeric, probability numeric);

    create view recount.mails as
    select
      e.id, e.client, z.time_zone as zone, p ->> 'campaign' as campaign, p ->> 'lead' as lead,
      e.payload #>> '{event,type}' as type, p ->> 'step' as step, p ->> 'variant' as variant, p ->> 'step_id' as step_id,
      e.payload #>> '{data,reply,id}' as reply, e.payload #>> '{data,sender_email,id}' as inbox,
      e.payload #>> '{data,reply,automated_reply}' = 'true' as is_machine,
      coalesce(e.payload #>> '{data,reply,type}' = 'Bounced', false) as is_bounce,
      (e.payload #>> '{data,campaign_event,created_at}')::timestamptz as at,
      least(
        (e.payload #>> '{data,reply,date_received}')::timestamptz, (e.payload #>> '{data,reply,created_at}')::timestamptz
      ) as mail_at
    from integrations.webhook_events e
    join integrations.tenants z on z.business = e.client
    cross join lateral (
      select jsonb_build_object(
        'campaign', e.payload #> '{data,campaign,id}', 'lead', lower(trim(e.payload #>> '{data,lead,email}')),
        'step', e.payload #> '{data,scheduled_email,sequence_step_order}',
        'step_id', e.payload #> '{data,scheduled_email,sequence_step_id}',
        'variant', e.payload #> '{data,scheduled_email,sequence_step_variant}'
      ) as p
    ) as parts
    where e.provider = 'bison';

    -- One row for each thing that happened.
    create materialized view recount.facts as
    with things as (
      select client, zone, campaign, lead, step, step_id, variant, inbox, 'sent' as kind, at from recount.mails
      where type = 'EMAIL_SENT'
      union all
      select client, zone, campaign, lead, step, step_id, variant, inbox, 'opened', at from recount.mails
      where type = 'EMAIL_OPENED'
      union all
      select client, zone, campaign, lead, step, step_id, variant, inbox, 'unsubscribed', at from recount.mails
      where type = 'LEAD_UNSUBSCRIBED'
      union all
      select client, zone, campaign, lead, step, step_id, variant, inbox, 'interested', at from recount.mails
      where type = 'LEAD_INTERESTED' and not is_machine and not is_bounce
      union all
      select distinct client, zone, campaign, lead, step, step_id, variant, inbox, 'replied', mail_at from recount.mails
      where type in ('LEAD_REPLIED', 'LEAD_INTERESTED') and not is_machine and not is_bounce
      union all
      select client, zone, campaign, lead, step, step_id, variant, inbox, 'bounced', at from recount.mails
      where type = 'EMAIL_BOUNCED'
    )
    select
      t.*, cast(t.at at time zone t.zone as date) as day,
      not exists (
        select from things o
        where (o.client, o.campaign, o.lead, o.kind) = (t.client, t.campaign, t.lead, t.kind) and o.at < t.at
      ) as is_first
    from things t;

    create materialized view recount.days as
    select
      client, campaign, day,
      sum((kind = 'sent')::int) as sent, sum((kind = 'sent' and is_first)::int) as contacted,
      sum((kind = 'opened')::int) as opened, sum((kind = 'opened' and is_first)::int) as unique_opens,
      sum((kind = 'replied' and is_first)::int) as replied, sum((kind = 'bounced')::int) as bounced,
      sum((kind = 'unsubscribed' and is_first)::int) as unsubscribed,
      sum((kind = 'interested' and is_first)::int) as interested
    from recount.facts
    group by client, campaign, day;

    -- Meetings: of a person's bookings the newest that was not canceled, booked when its first ancestor was.
    create materialized view recount.meetings as
    with recursive booking as (
      select
        e.client, e.payload #>> '{payload,uri}' as uri, lower(max(e.payload #>> '{payload,email}')) as email,
        min((e.payload #>> '{payload,created_at}')::timestamptz) as booked_at,
        bool_or(e.payload ->> 'event' = 'invitee.canceled') as is_canceled,
        max(e.payload #>> '{payload,old_invitee}') as old_uri
      from integrations.webhook_events e
      where e.provider = 'calendly'
      group by 1, 2
    ),
    origin as (
      select client, uri, booked_at from booking where old_uri is null
      union all
      select b.client, b.uri, o.booked_at from booking b join origin o on o.client = b.client and o.uri = b.old_uri
    ),
    standing as (
      select distinct on (b.client, b.email) b.client, b.email, o.booked_at
      from booking b
      join origin o using (client, uri)
      where not b.is_canceled
      order by b.client, b.email, b.booked_at desc
    )
    select s.client, s.email, cast(s.booked_at at time zone t.time_zone as date) as day
    from standing s
    join integrations.tenants t on t.business = s.client;

    create view recount.milestones as
    select m.client, m.email, m.flag, cast(m.at at time zone t.time_zone as date) as day
    from recount.marks m
    join integrations.tenants t on t.business = m.client
    where m.at is not null;
  `).simple();
}

/** Called when something was received. */
export async function refreshRecount(sql: postgres.Sql): Promise<void> {
  for (const view of ["facts", "days", "meetings"]) await sql.unsafe(`refresh materialized view recount.${view}`);
}

const periodStart: Record<string, string> = {
  day: "day",
  week: "day - (to_char(day, 'ID')::int - 1)",
  month: "make_date(extract(year from day)::int, extract(month from day)::int, 1)",
};

/** The rows of report_rollup, as text. */
export async function rollup(
  sql: postgres.Sql,
  { client, period, by, from, to }: { client: string | null; period: string; by: string; from: string; to: string },
): Promise<Record<string, string | null>[]> {
  const start = periodStart[period]!;
  const rate = (part: string, whole: string) =>
    `case when sum(${whole}) = 0 then 0 else round(sum(${part}) * 100.0 / sum(${whole}), 2) end`;
  return await sql.unsafe(
    `
    select
      ${by === "total" ? "null" : "client"} as client, ${by === "campaign" ? "campaign" : "null"} as campaign_id,
      (${start})::text as starts_on,
      ${figures.map((name) => `sum(${name})::text as ${rollupNames[name]}`).join(", ")},
      (${rate("opened", "sent")})::float8::text as opened_percentage,
      (${rate("unique_opens", "contacted")})::float8::text as unique_opens_per_contact_percentage,
      (${rate("replied", "contacted")})::float8::text as unique_replies_per_contact_percentage,
      (${rate("bounced", "sent")})::float8::text as bounced_percentage,
      (${rate("unsubscribed", "contacted")})::float8::text as unsubscribed_percentage,
      (${rate("interested", "contacted")})::float8::text as interested_percentage
    from recount.days
    where ($1::text is null or client = $1)
      and (${start}) <= $3::text::date
      and (${start}) >= (select ${start} from (values ($2::text::date)) as v (day))
    group by 1, 2, 3
    having ${figures.map((name) => `sum(${name}) <> 0`).join(" or ")}
    order by 3, 1, 2`,
    [client, from, to],
  ) as never;
}

/** Target, what was done, and how that is judged, of each client and day that is over or today. */
export async function quickView(sql: postgres.Sql, from: string, to: string, now: string) {
  return await sql`
    with days as (
      select t.business as client, t.time_zone, cast(d as date) as day,
        cast(${now}::text::timestamptz at time zone t.time_zone as timestamp) as local
      from integrations.tenants t
      cross join generate_series(${from}::text::timestamp, ${to}::text::timestamp, '1 day') as d
    ),
    done as (
      select d.client, d.day, d.local,
        (select coalesce(sum(r.sent), 0) from recount.days r where (r.client, r.day) = (d.client, d.day)) as emails,
        (select coalesce(sum(r.contacted), 0) from recount.days r where (r.client, r.day) = (d.client, d.day))
          as prospects,
        (select coalesce(sum(r.replied), 0) from recount.days r where (r.client, r.day) = (d.client, d.day)) as replies,
        (select coalesce(sum(r.interested), 0) from recount.days r where (r.client, r.day) = (d.client, d.day))
          as interested,
        (select coalesce(sum(r.bounced), 0) from recount.days r where (r.client, r.day) = (d.client, d.day)) as bounces,
        (select count(*) from recount.meetings m where (m.client, m.day) = (d.client, d.day)) as meetings
      from days d
    ),
    listed as (
      select x.client, x.day, x.local, v.metric, coalesce(v.target, 0) as target, v.actual
      from done x
      left join public.client_targets g on g.client = x.client
      cross join lateral (
        values ('emails', g.emails_per_day, x.emails), ('prospects', g.prospects_per_day, x.prospects),
          ('replies', g.replies_per_day, x.replies),
          ('interested_replies', g."interested_replies_per day", x.interested),
          ('meetings', g.meetings_per_day, x.meetings), ('bounces', g.bounces_per_day, x.bounces)
      ) as v (metric, target, actual)
      where x.day <= cast(x.local as date)
    ),
    asked as (
      -- From eight to six, as the settings have it, of the day that is running.
      select l.*,
        case
          when l.day < cast(l.local as date) then l.target
          when l.local < l.day + time '08:00' then 0
          when l.local >= l.day + time '18:00' then l.target
          else l.target * extract(epoch from l.local - (l.day + time '08:00')) / 36000
        end as expected
      from listed l
    )
    select client, day::text as date, metric, target::float8, round(expected, 2)::float8 as expected, actual::float8,
      case
        when target = 0 then 'no_target'
        when metric = 'bounces' and actual > target then 'over_limit'
        when metric = 'bounces' or actual >= expected then 'on_track'
        else 'behind'
      end as status
    from asked
    order by client, day, metric`;
}

/** The steps of the funnel of each client, in order. */
export async function funnel(sql: postgres.Sql, from: string, to: string) {
  return await sql<{ client: string; step: string; amount: number }[]>`
    select t.business as client, s.step, coalesce(case s.n
      when 1 then (select sum(sent) from recount.days where client = t.business and day between ${from} and ${to})
      when 2 then (select sum(contacted) from recount.days where client = t.business and day between ${from} and ${to})
      when 3 then (select sum(replied) from recount.days where client = t.business and day between ${from} and ${to})
      when 4 then (select sum(interested) from recount.days where client = t.business and day between ${from} and ${to})
      when 5 then (select count(*) from recount.meetings where client = t.business and day between ${from} and ${to})
      else (
        select count(*) from recount.milestones m
        where m.client = t.business and m.flag = s.flag and m.day between ${from} and ${to}
      )
    end, 0)::float8 as amount
    from integrations.tenants t
    cross join (
      values (1, 'emails_sent', null), (2, 'leads_contacted', null), (3, 'replied', null), (4, 'interested', null),
        (5, 'meetings_booked', null), (6, 'disco_shows', 'showed_up_to_disco'), (7, 'qualified', 'qualified'),
        (8, 'demos_booked', 'demo_booked'), (9, 'demo_shows', 'showed_up_to_demo'),
        (10, 'proposals_sent', 'proposal_sent'), (11, 'closed', 'closed')
    ) as s (n, step, flag)
    order by t.business, s.n`;
}

/** Of the leads that a step's variant was sent to, how many did something. */
export async function steps(sql: postgres.Sql, client: string, campaign: number, outcome: string) {
  return await sql<{ step: number; step_id: number; variant: string; leads: number; outcomes: number }[]>`
    with mailed as (
      select distinct step, step_id, variant, lead from recount.facts
      where kind = 'sent' and client = ${client} and campaign = ${`${campaign}`}
    )
    select m.step::integer, m.step_id::integer, m.variant, count(*)::integer as leads,
      (count(*) filter (where exists (
        select from recount.facts f
        where f.kind = ${outcome} and f.client = ${client} and f.campaign = ${`${campaign}`}
          and (f.step, f.step_id, f.variant, f.lead) = (m.step, m.step_id, m.variant, m.lead)
      )))::integer as outcomes
    from mailed m
    group by 1, 2, 3
    order by 1, 3, 2`;
}
