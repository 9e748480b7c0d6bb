-- Campaign facts and the counters made of them.
--
-- A webhook appends one row to private.pending_events: the fact and what it adds to which counter. Nothing hot is
-- updated in the request (one hot row caps all writers of a campaign). private.fold_counters moves pending rows into
-- public.campaign_events and adds them to campaign_reporting and inboxes, set-wise, every few seconds. The *_current
-- views add what is still pending, so that what is read through them is always current.
--
-- A "unique" figure belongs to the day and inbox of the lead's FIRST event of that kind, by the provider's time. When
-- an earlier one arrives late, a second pending row takes the unit back from where it was counted: the
-- result does not depend on the order of arrival.
--
-- EmailBison's own figures replace counted ones once a sync has them: those of a day that is over for good
-- (campaign_reporting.figures_at), the totals of an inbox until the moment it was asked (inboxes.figures_at), from
-- where facts count on. Folding, reading and recounting all leave out what such figures have in them already.

create table private.event_kinds (
  kind text primary key,
  emails_sent smallint not null default 0,
  leads_contacted smallint not null default 0,
  opened smallint not null default 0,
  unique_opens smallint not null default 0,
  replies smallint not null default 0,
  unique_replies smallint not null default 0,
  bounced smallint not null default 0,
  unsubscribed smallint not null default 0,
  interested smallint not null default 0
);
comment on table private.event_kinds is
  'Which kind of fact feeds which counter: the one definition that folding, reading and recounting share. emails_sent, '
  'opened, replies and bounced count every fact; the others count a lead once, at its first.';
insert into private.event_kinds (kind, emails_sent, leads_contacted) values ('sent', 1, 1);
insert into private.event_kinds (kind, opened, unique_opens) values ('opened', 1, 1);
insert into private.event_kinds (kind, replies, unique_replies) values ('replied', 1, 1);
insert into private.event_kinds (kind, bounced) values ('bounced', 1);
insert into private.event_kinds (kind, unsubscribed) values ('unsubscribed', 1);
insert into private.event_kinds (kind, interested) values ('interested', 1);
alter table private.event_kinds enable row level security;
create policy event_kinds_select on private.event_kinds for select to authenticated using (true);
grant select on private.event_kinds to authenticated, service_role;

create table public.campaign_events (
  event_id bigint not null,
  kind text not null,
  client text not null,
  campaign_id integer,
  lead uuid,
  inbox_id bigint,
  occurred_at timestamptz not null,
  event_date date not null,
  step_id integer,
  step_order integer,
  step_variant text,
  primary key (event_id, kind),
  -- private.event_kinds in words: a foreign key would want an index that no query uses.
  constraint kind_is_known check (kind in ('sent', 'opened', 'replied', 'interested', 'bounced', 'unsubscribed'))
);
create index campaign_events_client_campaign_id_event_date_idx
on public.campaign_events (client, campaign_id, event_date);
create index campaign_events_lead_idx on public.campaign_events (lead);
-- For the facts since a moment: they come in order of time, more or less.
create index campaign_events_occurred_at_idx on public.campaign_events using brin (occurred_at)
with (autosummarize = on);
comment on table public.campaign_events is
  'What happened to campaign mail, one row an event, kept for good: the source of every recount and report. Rows '
  'arrive with the next fold; private.pending_events holds the newest.';
comment on column public.campaign_events.event_id is 'integrations.webhook_events.id it came from.';
comment on column public.campaign_events.lead is 'public.all_leads.id; null when the provider named no lead.';
comment on column public.campaign_events.campaign_id is 'Null for a bounce known to the inbox only.';
comment on column public.campaign_events.inbox_id is 'public.inboxes.id that sent the mail.';
comment on column public.campaign_events.event_date is 'Day of occurred_at in the client''s time zone.';
select private.apply_client_policies('public.campaign_events', 'none');

create table private.pending_events (
  event_id bigint not null,
  kind text not null,
  client text not null,
  campaign_id integer,
  lead uuid,
  inbox_id bigint,
  occurred_at timestamptz not null,
  step_id integer,
  step_order integer,
  step_variant text,
  total smallint not null,
  uniques smallint not null
)
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = -1);
comment on table private.pending_events is
  'Facts not folded yet. total: 1, or 0 for a correction, which is no fact. uniques: 1 for the lead''s first of the '
  'kind, -1 takes one back, 0 otherwise. campaign_id null: only the inbox counts it. No index: appended to and '
  'emptied.';
select private.apply_client_policies('private.pending_events', 'none');
grant select on private.pending_events to service_role;

-- Folding --------------------------------------------------------------------------------------------------------

create function private.fold_counters(p_limit integer default 20000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_folded integer;
begin
  -- One fold at a time; a second one has nothing to add and must not wait.
  if not pg_try_advisory_xact_lock(hashtext('private.fold_counters')) then
    return 0;
  end if;

  with moved as (
    delete from private.pending_events p
    where p.ctid = any(array(select q.ctid from private.pending_events q limit p_limit for update skip locked))
    returning p.*
  ),
  dated as materialized (
    select m.*, (m.occurred_at at time zone coalesce(t.time_zone, 'UTC'))::date as event_date
    from moved m
    left join integrations.tenants t on t.business = m.client
  ),
  facts as (
    insert into public.campaign_events (
      event_id, kind, client, campaign_id, lead, inbox_id, occurred_at, event_date, step_id, step_order, step_variant
    )
    select
      d.event_id, d.kind, d.client, d.campaign_id, d.lead, d.inbox_id, d.occurred_at, d.event_date, d.step_id,
      d.step_order, d.step_variant
    from dated d
    where d.total > 0
  ),
  days as (
    insert into public.campaign_reporting as r (
      client, campaign_id, date, campaign_name, emails_sent, total_leads_contacted, opened, unique_opens_per_contact,
      unique_replies_per_contact, bounced, unsubscribed, interested
    )
    select
      d.client, d.campaign_id, d.event_date,
      (
        select c.campaign_name
        from public."Campaigns" c
        where c.client = d.client
          and c.campaign_id = d.campaign_id::text
      ),
      sum(d.total * k.emails_sent), sum(d.uniques * k.leads_contacted), sum(d.total * k.opened),
      sum(d.uniques * k.unique_opens), sum(d.uniques * k.unique_replies), sum(d.total * k.bounced),
      sum(d.uniques * k.unsubscribed), sum(d.uniques * k.interested)
    from dated d
    join private.event_kinds k on k.kind = d.kind
    where d.campaign_id is not null
    group by d.client, d.campaign_id, d.event_date
    order by d.client, d.campaign_id, d.event_date
    -- Judged under the row's lock: figures that come at the same moment are not added to.
    on conflict (client, campaign_id, date) do update
    set campaign_name = coalesce(excluded.campaign_name, r.campaign_name),
        emails_sent = coalesce(r.emails_sent, 0) + excluded.emails_sent,
        total_leads_contacted = coalesce(r.total_leads_contacted, 0) + excluded.total_leads_contacted,
        opened = coalesce(r.opened, 0) + excluded.opened,
        unique_opens_per_contact = coalesce(r.unique_opens_per_contact, 0) + excluded.unique_opens_per_contact,
        unique_replies_per_contact = coalesce(r.unique_replies_per_contact, 0) + excluded.unique_replies_per_contact,
        bounced = coalesce(r.bounced, 0) + excluded.bounced,
        unsubscribed = coalesce(r.unsubscribed, 0) + excluded.unsubscribed,
        interested = coalesce(r.interested, 0) + excluded.interested
    where r.figures_at is null
  ),
  inbox_sums as (
    select
      d.inbox_id, sum(d.total * k.emails_sent) as emails_sent, sum(d.uniques * k.leads_contacted) as leads_contacted,
      sum(d.total * k.opened) as opened,
      sum(d.uniques * k.unique_opens) as unique_opens, sum(d.total * k.replies) as replies,
      sum(d.uniques * k.unique_replies) as unique_replies,
      sum(d.total * k.bounced) as bounced, sum(d.uniques * k.unsubscribed) as unsubscribed,
      sum(d.uniques * k.interested) as interested
    from dated d
    join private.event_kinds k on k.kind = d.kind
    join public.inboxes b on b.id = d.inbox_id and d.occurred_at > coalesce(b.figures_at, '-infinity')
    group by d.inbox_id
  ),
  inboxes as (
    update public.inboxes i
    set emails_sent_count = coalesce(i.emails_sent_count, 0) + s.emails_sent,
        total_leads_contacted_count = coalesce(i.total_leads_contacted_count, 0) + s.leads_contacted,
        total_opened_count = coalesce(i.total_opened_count, 0) + s.opened,
        unique_opened_count = coalesce(i.unique_opened_count, 0) + s.unique_opens,
        total_replied_count = coalesce(i.total_replied_count, 0) + s.replies,
        unique_replied_count = coalesce(i.unique_replied_count, 0) + s.unique_replies,
        bounced_count = coalesce(i.bounced_count, 0) + s.bounced,
        unsubscribed_count = coalesce(i.unsubscribed_count, 0) + s.unsubscribed,
        interested_leads_count = coalesce(i.interested_leads_count, 0) + s.interested
    from inbox_sums s
    where i.id = s.inbox_id
  )
  select count(*) into v_folded from dated;

  return v_folded;
end;
$$;
comment on function private.fold_counters(integer) is
  'Moves at most p_limit pending facts into campaign_events and adds them to campaign_reporting and inboxes. Answers '
  'how many; 0 also while another fold runs. Safe to run twice at once.';

create function private.fold_all_counters()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_batch integer;
  v_total integer := 0;
begin
  for i in 1..50 loop
    v_batch := private.fold_counters(20000);
    v_total := v_total + v_batch;
    exit when v_batch < 20000;
  end loop;
  return v_total;
end;
$$;
comment on function private.fold_all_counters() is
  'Folds until nothing is pending, at most a million rows a call; the tick of cron.';

-- Reading --------------------------------------------------------------------------------------------------------

create view public.campaign_reporting_current
with (security_invoker = true) as
with pending as (
  select
    p.client, p.campaign_id, (p.occurred_at at time zone private.time_zone_of(p.client))::date as date,
    sum(p.total * k.emails_sent) as emails_sent, sum(p.uniques * k.leads_contacted) as leads_contacted,
    sum(p.total * k.opened) as opened,
    sum(p.uniques * k.unique_opens) as unique_opens, sum(p.uniques * k.unique_replies) as unique_replies,
    sum(p.total * k.bounced) as bounced,
    sum(p.uniques * k.unsubscribed) as unsubscribed, sum(p.uniques * k.interested) as interested
  from private.pending_events p
  join private.event_kinds k on k.kind = p.kind
  where p.campaign_id is not null
  group by 1, 2, 3
),
-- Two halves instead of a full join: a condition on the client goes into each, so that only its rows are read.
added as (
  select
    r.id, r.client, r.campaign_id, r.date, r.campaign_name, r.sequence_step_stats, r.created_at, r.updated_at,
    coalesce(r.emails_sent, 0) + coalesce(p.emails_sent, 0) as emails_sent,
    coalesce(r.total_leads_contacted, 0) + coalesce(p.leads_contacted, 0) as total_leads_contacted,
    coalesce(r.opened, 0) + coalesce(p.opened, 0) as opened,
    coalesce(r.unique_opens_per_contact, 0) + coalesce(p.unique_opens, 0) as unique_opens,
    coalesce(r.unique_replies_per_contact, 0) + coalesce(p.unique_replies, 0) as unique_replies,
    coalesce(r.bounced, 0) + coalesce(p.bounced, 0) as bounced,
    coalesce(r.unsubscribed, 0) + coalesce(p.unsubscribed, 0) as unsubscribed,
    coalesce(r.interested, 0) + coalesce(p.interested, 0) as interested
  from public.campaign_reporting r
  left join pending p
    on p.client = r.client and p.campaign_id = r.campaign_id and p.date = r.date and r.figures_at is null
  union all
  select
    null, p.client, p.campaign_id, p.date, null, null, null, null,
    p.emails_sent, p.leads_contacted, p.opened, p.unique_opens, p.unique_replies, p.bounced, p.unsubscribed,
    p.interested
  from pending p
  where not exists (
    select
    from public.campaign_reporting r
    where r.client = p.client
      and r.campaign_id = p.campaign_id
      and r.date = p.date
  )
)
select
  a.id, a.campaign_id,
  coalesce(
    a.campaign_name,
    (select c.campaign_name from public."Campaigns" c where c.client = a.client and c.campaign_id = a.campaign_id::text)
  ) as campaign_name,
  a.client, a.date, a.emails_sent, a.total_leads_contacted, a.opened,
  private.percentage_of(a.opened, a.emails_sent) as opened_percentage,
  a.unique_opens as unique_opens_per_contact,
  private.percentage_of(a.unique_opens, a.total_leads_contacted) as unique_opens_per_contact_percentage,
  a.unique_replies as unique_replies_per_contact,
  private.percentage_of(a.unique_replies, a.total_leads_contacted) as unique_replies_per_contact_percentage,
  a.bounced, private.percentage_of(a.bounced, a.emails_sent) as bounced_percentage,
  a.unsubscribed, private.percentage_of(a.unsubscribed, a.total_leads_contacted) as unsubscribed_percentage,
  a.interested, private.percentage_of(a.interested, a.total_leads_contacted) as interested_percentage,
  a.sequence_step_stats, a.created_at, a.updated_at
from added a;
comment on view public.campaign_reporting_current is
  'campaign_reporting with what is not folded yet: current to the last committed webhook. Same columns and bases.';

create view public.inboxes_current
with (security_invoker = true) as
with pending as (
  select
    p.inbox_id, sum(p.total * k.emails_sent) as emails_sent, sum(p.uniques * k.leads_contacted) as leads_contacted,
    sum(p.total * k.opened) as opened,
    sum(p.uniques * k.unique_opens) as unique_opens, sum(p.total * k.replies) as replies,
    sum(p.uniques * k.unique_replies) as unique_replies,
    sum(p.total * k.bounced) as bounced, sum(p.uniques * k.unsubscribed) as unsubscribed,
    sum(p.uniques * k.interested) as interested
  from private.pending_events p
  join private.event_kinds k on k.kind = p.kind
  join public.inboxes b on b.id = p.inbox_id and p.occurred_at > coalesce(b.figures_at, '-infinity')
  group by p.inbox_id
)
select
  i.id, i.bison_inbox_id, i.client, i.name, i.email, i.domain, i.daily_limit, i.type, i.status, i.lifecycle_status,
  (coalesce(i.emails_sent_count, 0) + coalesce(p.emails_sent, 0))::integer as emails_sent_count,
  (coalesce(i.total_replied_count, 0) + coalesce(p.replies, 0))::integer as total_replied_count,
  (coalesce(i.total_opened_count, 0) + coalesce(p.opened, 0))::integer as total_opened_count,
  (coalesce(i.unique_replied_count, 0) + coalesce(p.unique_replies, 0))::integer as unique_replied_count,
  (coalesce(i.unique_opened_count, 0) + coalesce(p.unique_opens, 0))::integer as unique_opened_count,
  (coalesce(i.total_leads_contacted_count, 0) + coalesce(p.leads_contacted, 0))::integer as total_leads_contacted_count,
  (coalesce(i.interested_leads_count, 0) + coalesce(p.interested, 0))::integer as interested_leads_count,
  (coalesce(i.bounced_count, 0) + coalesce(p.bounced, 0))::integer as bounced_count,
  (coalesce(i.unsubscribed_count, 0) + coalesce(p.unsubscribed, 0))::integer as unsubscribed_count,
  i.warmup_enabled, i.warmup_reputation, i.deliverability_score, i.inbox_set_id, i.assigned_campaign_id, i.tags
from public.inboxes i
left join pending p on p.inbox_id = i.id;
comment on view public.inboxes_current is
  'inboxes with the counts that are not folded yet: current to the last committed webhook.';

create view public.campaign_step_stats
with (security_invoker = true) as
with events as (
  select e.client, e.campaign_id, e.event_date, e.kind, e.step_order, e.step_id, e.step_variant
  from public.campaign_events e
  where e.step_id is not null
    and e.campaign_id is not null
  union all
  select
    p.client, p.campaign_id, (p.occurred_at at time zone private.time_zone_of(p.client))::date, p.kind, p.step_order,
    p.step_id, p.step_variant
  from private.pending_events p
  where p.step_id is not null
    and p.total > 0
    and p.campaign_id is not null
)
select
  e.client, e.campaign_id, e.event_date as date, e.step_order, e.step_id, e.step_variant as variant,
  count(*) filter (where e.kind = 'sent') as sent_count,
  count(*) filter (where e.kind = 'opened') as open_count,
  count(*) filter (where e.kind = 'replied') as reply_count,
  count(*) filter (where e.kind = 'bounced') as bounce_count
from events e
group by e.client, e.campaign_id, e.event_date, e.step_order, e.step_id, e.step_variant;
comment on view public.campaign_step_stats is
  'Sent, opened, replied and bounced mails per campaign, day, sequence step and A/B variant, always current.';

grant select on public.campaign_reporting_current, public.inboxes_current, public.campaign_step_stats
to authenticated, service_role;

create function private.refresh_step_stats(p_since date)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_rows integer;
begin
  -- Not beside a fold: both write many days, each in its own order.
  perform pg_advisory_xact_lock(hashtext('private.fold_counters'));
  with stats as (
    select
      s.client, s.campaign_id, s.date,
      jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
          'step_order', s.step_order, 'step_id', s.step_id, 'variant', s.variant, 'sent_count', s.sent_count,
          'open_count', s.open_count, 'reply_count', s.reply_count, 'bounce_count', s.bounce_count
        ))
        order by s.step_order, s.step_id, s.variant
      ) as steps
    from public.campaign_step_stats s
    where s.date >= p_since
    group by s.client, s.campaign_id, s.date
  )
  update public.campaign_reporting r
  set sequence_step_stats = s.steps
  from stats s
  where r.client = s.client
    and r.campaign_id = s.campaign_id
    and r.date = s.date
    and r.figures_at is null
    and r.sequence_step_stats is distinct from s.steps;
  get diagnostics v_rows = row_count;
  return v_rows;
end;
$$;
comment on function private.refresh_step_stats(date) is
  'Writes campaign_reporting.sequence_step_stats of the days since p_since from the facts; called by cron for the '
  'last days.';

-- Recounting -----------------------------------------------------------------------------------------------------

create function private.recounted_events(p_client text)
returns table (
  client text, campaign_id integer, lead uuid, inbox_id bigint, event_date date, kind text, total integer,
  uniques integer, is_folded boolean, occurred_at timestamptz
)
language sql stable
set search_path = ''
as $$
  select
    e.client, e.campaign_id, e.lead, e.inbox_id, e.event_date, e.kind, 1,
    (
      e.lead is null
      or row_number() over (partition by e.client, e.campaign_id, e.lead, e.kind order by e.occurred_at, e.event_id) = 1
    )::integer,
    true, e.occurred_at
  from public.campaign_events e
  where p_client is null or e.client = p_client
  union all
  select p.client, p.campaign_id, p.lead, p.inbox_id, null, p.kind, p.total, p.uniques, false, p.occurred_at
  from private.pending_events p
  where p_client is null or p.client = p_client
$$;
comment on function private.recounted_events(text) is
  'Every folded fact of a client (null: of all) with whether it is the lead''s first of its kind in that campaign, '
  'and what pending rows add: leads count those at once, campaigns and inboxes when they are folded.';

create function private.counter_differences(p_client text default null)
returns table (table_name text, row_id text, counter text, stored numeric, recounted numeric)
language sql stable
set search_path = ''
as $$
  with facts as materialized (
    select f.* from private.recounted_events(p_client) f
  ),
  compared as (
    select
      'campaign_reporting' as table_name,
      coalesce(r.id::text, concat_ws(' ', s.client, s.campaign_id, s.event_date)) as row_id, v.counter, v.stored,
      v.recounted
    from public.campaign_reporting r
    full join (
      select
        f.client, f.campaign_id, f.event_date,
        sum(f.total * k.emails_sent) as sent, sum(f.uniques * k.leads_contacted) as contacted,
        sum(f.total * k.opened) as opened,
        sum(f.uniques * k.unique_opens) as unique_opens, sum(f.uniques * k.unique_replies) as unique_replies,
        sum(f.total * k.bounced) as bounced,
        sum(f.uniques * k.unsubscribed) as unsubscribed, sum(f.uniques * k.interested) as interested
      from facts f
      join private.event_kinds k on k.kind = f.kind
      where f.is_folded
        and f.campaign_id is not null
      group by f.client, f.campaign_id, f.event_date
    ) s on s.client = r.client and s.campaign_id = r.campaign_id and s.event_date = r.date
    cross join lateral (
      values
        ('emails_sent', r.emails_sent, s.sent), ('total_leads_contacted', r.total_leads_contacted, s.contacted),
        ('opened', r.opened, s.opened), ('unique_opens_per_contact', r.unique_opens_per_contact, s.unique_opens),
        ('unique_replies_per_contact', r.unique_replies_per_contact, s.unique_replies),
        ('bounced', r.bounced, s.bounced), ('unsubscribed', r.unsubscribed, s.unsubscribed),
        ('interested', r.interested, s.interested)
    ) as v (counter, stored, recounted)
    where r.figures_at is null
      and (p_client is null or coalesce(r.client, s.client) = p_client)
    union all
    select
      'inboxes', i.id::text, v.counter, v.stored,
      coalesce((i.figures ->> v.counter)::numeric, 0) + coalesce(v.recounted, 0)
    from public.inboxes i
    left join (
      select
        f.inbox_id, sum(f.total * k.emails_sent) as sent, sum(f.uniques * k.leads_contacted) as contacted,
        sum(f.total * k.opened) as opened,
        sum(f.uniques * k.unique_opens) as unique_opens, sum(f.total * k.replies) as replies,
        sum(f.uniques * k.unique_replies) as unique_replies,
        sum(f.total * k.bounced) as bounced, sum(f.uniques * k.unsubscribed) as unsubscribed,
        sum(f.uniques * k.interested) as interested
      from facts f
      join private.event_kinds k on k.kind = f.kind
      join public.inboxes b on b.id = f.inbox_id and f.occurred_at > coalesce(b.figures_at, '-infinity')
      where f.is_folded
      group by f.inbox_id
    ) s on s.inbox_id = i.id
    cross join lateral (
      values
        ('emails_sent_count', i.emails_sent_count, s.sent),
        ('total_leads_contacted_count', i.total_leads_contacted_count, s.contacted),
        ('total_opened_count', i.total_opened_count, s.opened),
        ('unique_opened_count', i.unique_opened_count, s.unique_opens),
        ('total_replied_count', i.total_replied_count, s.replies),
        ('unique_replied_count', i.unique_replied_count, s.unique_replies),
        ('bounced_count', i.bounced_count, s.bounced), ('unsubscribed_count', i.unsubscribed_count, s.unsubscribed),
        ('interested_leads_count', i.interested_leads_count, s.interested)
    ) as v (counter, stored, recounted)
    where p_client is null or i.client = p_client
    union all
    select 'all_leads', l.id::text, v.counter, v.stored, v.recounted
    from public.all_leads l
    left join (
      select
        f.lead, sum(f.total * k.emails_sent) as sent, sum(f.total * k.opened) as opened,
        sum(f.uniques * k.unique_opens) as unique_opens,
        sum(f.total * k.replies) as replies, sum(f.uniques * k.unique_replies) as unique_replies,
        sum(f.total * k.bounced) as bounced
      from facts f
      join private.event_kinds k on k.kind = f.kind
      group by f.lead
    ) s on s.lead = l.id
    cross join lateral (
      values
        ('emails_sent', l.emails_sent, s.sent), ('opens', l.opens, s.opened),
        ('unique_opens', l.unique_opens, s.unique_opens), ('replies', l.replies, s.replies),
        ('unique_replies', l.unique_replies, s.unique_replies), ('bounces', l.bounces, s.bounced)
    ) as v (counter, stored, recounted)
    where p_client is null or l.client = p_client
    union all
    select 'inbox_tags', t.id::text, 'inbox_count', t.inbox_count, count(a.id)
    from public.inbox_tags t
    left join public.inbox_tag_assignments a on a.tag_id = t.id
    where p_client is null or t.client = p_client
    group by t.id
  )
  select c.table_name, c.row_id, c.counter, coalesce(c.stored, 0), coalesce(c.recounted, 0)
  from compared c
  where coalesce(c.stored, 0) <> coalesce(c.recounted, 0)
$$;
comment on function private.counter_differences(text) is
  'Every counter that differs from a recount of the facts, where EmailBison''s own figures did not replace it. A day '
  'without its row is named by client, campaign and date.';

create function private.recount_counters(p_client text default null, p_apply boolean default false)
returns table (table_name text, row_id text, counter text, stored numeric, recounted numeric)
language plpgsql
set search_path = ''
as $$
begin
  -- Holds off other folds until the end, so that facts and counters belong together.
  perform pg_advisory_xact_lock(hashtext('private.fold_counters'));
  perform private.fold_all_counters();
  if p_apply then
    insert into public.campaign_reporting (client, campaign_id, date)
    select distinct e.client, e.campaign_id, e.event_date
    from public.campaign_events e
    where e.campaign_id is not null
      and (p_client is null or e.client = p_client)
    on conflict (client, campaign_id, date) do nothing;
  end if;
  for table_name, row_id, counter, stored, recounted in
    select d.* from private.counter_differences(p_client) d order by 1, 2, 3
  loop
    if p_apply then
      execute format('update public.%I set %I = $1 where id::text = $2', table_name, counter) using recounted, row_id;
    end if;
    return next;
  end loop;
end;
$$;
comment on function private.recount_counters(text, boolean) is
  'Recounts every counter of a client (null: of all) from the stored facts and lists the differences; p_apply also '
  'sets the counters right. No row: everything agrees.';
