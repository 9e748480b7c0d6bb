-- Reports: one function each, with the caller's rights. docs/reports.md says what every figure counts.
--
-- Each goes from the caller's clients (row-level security on tenants) to the rows of each client by an index, so that
-- it costs what the answer holds, not what the tables do. Days are the client's own.

create index meetings_booked_client_created_time_idx on public.meetings_booked (client, created_time) include (status);
-- Few engaged leads come further than a meeting.
create index engaged_leads_milestones_idx on public.engaged_leads (client)
where deleted_at is null
  and (showed_up_to_disco or qualified or demo_booked or showed_up_to_demo or proposal_sent or closed);

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('quick_view.day_start_hour', 8, 'hour', 0, 23,
    'Until then nothing of the day''s target is expected (client''s time).'),
  ('quick_view.day_end_hour', 18, 'hour', 1, 24, 'From then on all of the day''s target is expected.'),
  ('quick_view.days_per_week', 7, 'days', 1, 7, 'Days of the week, from Monday on, that have targets.'),
  ('quick_view.on_track_percent', 100, 'percent', 1, 100, 'Share of what is expected by now that counts as on track.'),
  ('ab_test.minimum_sample', 100, 'leads', 10, 100000, 'Leads that each of two variants must have been sent to.'),
  ('ab_test.minimum_expected', 5, 'leads', 1, 1000,
    'Outcomes, and leads without one, that each variant would have if there were no difference.'),
  ('ab_test.confidence', 95, 'percent', 50, 99.9, 'Confidence of a difference between variants of a step.');

-- Clients and days -----------------------------------------------------------------------------------------------

create function private.check_report_range(p_from date, p_to date, p_most integer)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_from > p_to then
    perform private.raise_error('MR002', 'The report ends before it begins.', format('%s to %s', p_from, p_to));
  elsif p_to - p_from >= p_most then
    perform private.raise_error('MR002', format('The report spans at most %s days.', p_most));
  end if;
end;
$$;
comment on function private.check_report_range(date, date, integer) is
  'MR002 when a report would end before it begins, or span too many days.';

create function private.day_start(p_day date, p_time_zone text)
returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
  v_start timestamptz := p_day::timestamp at time zone p_time_zone;
begin
  -- Where clocks go back to midnight, by three hours at most, the day begins twice and Postgres takes the second time.
  for hours in reverse 3..1 loop
    if ((v_start - make_interval(hours => hours)) at time zone p_time_zone)::date >= p_day then
      return v_start - make_interval(hours => hours);
    end if;
  end loop;
  return v_start;
end;
$$;
comment on function private.day_start(date, text) is
  'The first moment whose day there is p_day or later.';

create function private.report_clients(p_client text, p_from date, p_to date, p_period text default 'day')
returns table (client text, time_zone text, local_now timestamp, first_day date, last_day date)
language plpgsql stable
set search_path = ''
rows 20
as $$
begin
  return query
  select
    t.business, t.time_zone, n.local_now, coalesce(p_from, private.starts_on(p_period, least(p_to, n.local_now::date))),
    coalesce(p_to, n.local_now::date)
  from integrations.tenants t
  cross join lateral (select private.clock() at time zone t.time_zone as local_now) as n
  where (p_client is null or t.business = p_client)
    -- What belongs to the agency itself is no client's.
    and not t.is_agency
  order by t.business;
end;
$$;
comment on function private.report_clients(text, date, date, text) is
  'The clients that a report is about, of those the caller may see, with its first and last day for each: today, or '
  'since the period (day, week, month) began, unless told.';

create function private.report_days(p_client text, p_from date, p_to date)
returns table (
  client text, day date, emails_sent numeric, total_leads_contacted numeric, unique_replies_per_contact numeric,
  bounced numeric, interested numeric, meetings_booked numeric
)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
  with clients as materialized (
    select c.* from private.report_clients(p_client, p_from, p_to) c
  ),
  figures as (
    select
      r.client, r.starts_on as day, r.emails_sent, r.total_leads_contacted, r.unique_replies_per_contact, r.bounced,
      r.interested, 0 as meetings
    from clients c
    cross join lateral (
      select s.*
      from public.campaign_rollups s
      where s.client = c.client
        and s.period = 'day'
        and s.campaign_id = 0
        and s.starts_on between c.first_day and c.last_day
      offset 0
    ) as r
    union all
    select
      p.client, p.date, p.emails_sent, p.total_leads_contacted, p.unique_replies_per_contact, p.bounced, p.interested, 0
    from private.pending_days p
    join clients c on c.client = p.client and p.date between c.first_day and c.last_day
    union all
    select m.client, m.day, 0, 0, 0, 0, 0, 1
    from clients c
    cross join lateral (
      select b.client, (b.created_time at time zone c.time_zone)::date as day
      from public.meetings_booked b
      where b.client = c.client
        and b.created_time >= private.day_start(c.first_day, c.time_zone)
        and b.created_time < private.day_start(c.last_day + 1, c.time_zone)
        and b.status <> 'canceled'
      offset 0
    ) as m
  )
  select
    f.client, f.day, sum(f.emails_sent), sum(f.total_leads_contacted), sum(f.unique_replies_per_contact),
    sum(f.bounced), sum(f.interested), sum(f.meetings)::numeric
  from figures f
  group by f.client, f.day;
end;
$$;
comment on function private.report_days(text, date, date) is
  'Figures of each client''s days, current to the last webhook; a day without any is left out. A meeting belongs to '
  'the day on which it was booked first, and counts until it is canceled.';

-- Rollups --------------------------------------------------------------------------------------------------------

create function public.report_rollup(
  p_client text default null, p_period text default 'week', p_by text default 'client', p_from date default null,
  p_to date default null
)
returns table (
  client text, campaign_id integer, campaign_name text, starts_on date, emails_sent numeric,
  total_leads_contacted numeric, opened numeric, opened_percentage numeric, unique_opens_per_contact numeric,
  unique_opens_per_contact_percentage numeric, unique_replies_per_contact numeric,
  unique_replies_per_contact_percentage numeric, bounced numeric, bounced_percentage numeric, unsubscribed numeric,
  unsubscribed_percentage numeric, interested numeric, interested_percentage numeric
)
language plpgsql stable
set search_path = ''
as $$
declare
  v_least integer := case when p_by = 'campaign' then 1 else 0 end;
  v_most integer := case when p_by = 'campaign' then 2147483647 else 0 end;
begin
  if p_period <> all (array['day', 'week', 'month']) or p_by <> all (array['total', 'client', 'campaign']) then
    perform private.raise_error(
      'MR002', 'No such rollup.', format('%s by %s', p_period, p_by), 'Day, week or month; total, client or campaign.'
    );
  elsif p_by = 'campaign' and (p_period = 'day' or p_client is null) then
    perform private.raise_error(
      'MR002', 'Campaigns are rolled up by week or month, of one client.', null, 'Days are in campaigns/reporting.'
    );
  end if;
  perform private.check_report_range(p_from, coalesce(p_to, private.clock()::date), 1100);

  return query
  with clients as materialized (
    select c.client, private.starts_on(p_period, c.first_day) as first_day, c.last_day
    from private.report_clients(p_client, coalesce(p_from, coalesce(p_to, private.clock()::date) - 90), p_to) c
  ),
  figures as (
    select r.*
    from clients c
    cross join lateral (
      select
        s.client, s.campaign_id, s.starts_on, s.emails_sent, s.total_leads_contacted, s.opened,
        s.unique_opens_per_contact, s.unique_replies_per_contact, s.bounced, s.unsubscribed, s.interested
      from public.campaign_rollups s
      where s.client = c.client
        and s.period = p_period
        and s.campaign_id between v_least and v_most
        and s.starts_on between c.first_day and c.last_day
      offset 0
    ) as r
    union all
    select
      p.client, case when p_by = 'campaign' then p.campaign_id else 0 end, private.starts_on(p_period, p.date),
      p.emails_sent, p.total_leads_contacted, p.opened, p.unique_opens_per_contact, p.unique_replies_per_contact,
      p.bounced, p.unsubscribed, p.interested
    from private.pending_days p
    join clients c on c.client = p.client and p.date >= c.first_day
      and private.starts_on(p_period, p.date) <= c.last_day
  ),
  sums as (
    select
      case when p_by <> 'total' then f.client end as client, nullif(f.campaign_id, 0) as campaign_id, f.starts_on,
      sum(f.emails_sent) as sent, sum(f.total_leads_contacted) as contacted, sum(f.opened) as opened,
      sum(f.unique_opens_per_contact) as unique_opens, sum(f.unique_replies_per_contact) as unique_replies,
      sum(f.bounced) as bounced, sum(f.unsubscribed) as unsubscribed, sum(f.interested) as interested
    from figures f
    group by 1, 2, 3
  )
  select
    s.client, s.campaign_id,
    (
      select k.campaign_name
      from public."Campaigns" k
      where k.client = s.client
        and k.campaign_id = s.campaign_id::text
    ),
    s.starts_on, s.sent, s.contacted, s.opened, private.percentage_of(s.opened, s.sent), s.unique_opens,
    private.percentage_of(s.unique_opens, s.contacted), s.unique_replies,
    private.percentage_of(s.unique_replies, s.contacted), s.bounced, private.percentage_of(s.bounced, s.sent),
    s.unsubscribed, private.percentage_of(s.unsubscribed, s.contacted), s.interested,
    private.percentage_of(s.interested, s.contacted)
  from sums s
  order by s.starts_on, s.client, s.campaign_id;
end;
$$;
comment on function public.report_rollup(text, text, text, date, date) is
  'Campaign figures by day, week or month (p_period) of all clients together, of each client or of each campaign of a '
  'client (p_by): whole periods, from the one that holds p_from (90 days ago) to the one that holds p_to (today).';

-- Quick View -----------------------------------------------------------------------------------------------------

create function private.target_status(p_metric text, p_target numeric, p_expected numeric, p_actual numeric)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return case
    when coalesce(p_target, 0) = 0 then 'no_target'
    when p_metric = 'bounces' then case when p_actual > p_target then 'over_limit' else 'on_track' end
    when p_actual >= p_expected then 'on_track'
    else 'behind'
  end;
end;
$$;
comment on function private.target_status(text, numeric, numeric, numeric) is
  'A ceiling is held or exceeded; every other target is reached as far as expected by now, or not.';

create function private.client_rules(p_rule text)
returns table (client text, rule jsonb)
language plpgsql stable security definer
set search_path = ''
rows 20
as $$
begin
  return query
  select t.business, jsonb_object_agg(split_part(s.name, '.', 2), coalesce(c.value, s.value))
  from integrations.tenants t
  cross join integrations.settings s
  left join integrations.client_settings c on c.client = t.business and c.name = s.name
  where split_part(s.name, '.', 1) = p_rule
  group by t.business;
end;
$$;
comment on function private.client_rules(text) is
  'The thresholds of a rule that hold for each client, by name. Definer: rules apply whoever asks.';
grant execute on function private.client_rules(text) to authenticated, service_role;

create function private.quick_view_share(p_rule jsonb, p_day date, p_local_now timestamp)
returns numeric
language plpgsql immutable
set search_path = ''
as $$
begin
  return case
    when p_day < p_local_now::date then 1
    when p_day > p_local_now::date then 0
    else least(greatest(
      (extract(epoch from p_local_now::time) / 3600 - (p_rule ->> 'day_start_hour')::numeric)
        / greatest((p_rule ->> 'day_end_hour')::numeric - (p_rule ->> 'day_start_hour')::numeric, 1),
      0
    ), 1)
  end;
end;
$$;
comment on function private.quick_view_share(jsonb, date, timestamp) is
  'Which part of a day''s target is expected by now: all of a day that is over; of today what has passed of the '
  'client''s sending hours.';

create function public.report_quick_view(
  p_client text default null, p_from date default null, p_to date default null
)
returns table (
  client text, date date, metric text, target numeric, expected numeric, actual numeric, status text
)
language plpgsql stable
set search_path = ''
-- Rows of functions are overestimated, and a dear plan would be compiled each time.
set jit = off
as $$
begin
  perform private.check_report_range(p_from, coalesce(p_to, private.clock()::date), 93);
  return query
  -- Once a day, not once a metric.
  with days as materialized (
    select
      c.client, d.day, private.quick_view_share(r.rule, d.day, c.local_now) as share,
      extract(isodow from d.day) <= (r.rule ->> 'days_per_week')::numeric as has_targets,
      (r.rule ->> 'on_track_percent')::numeric / 100 as enough
    from private.report_clients(p_client, p_from, p_to) c
    join private.client_rules('quick_view') r on r.client = c.client
    cross join lateral (
      select c.first_day + n as day from generate_series(0, least(c.last_day, c.local_now::date) - c.first_day) as n
    ) as d
  ),
  measured as (
    select
      d.client, d.day, d.share, d.enough, v.position, v.metric,
      case when d.has_targets then coalesce(v.target, 0) else 0 end as target, coalesce(v.actual, 0) as actual
    from days d
    left join public.client_targets g on g.client = d.client
    left join private.report_days(p_client, p_from, p_to) f on f.client = d.client and f.day = d.day
    cross join lateral (
      values
        (1, 'emails', g.emails_per_day, f.emails_sent),
        (2, 'prospects', g.prospects_per_day, f.total_leads_contacted),
        (3, 'replies', g.replies_per_day, f.unique_replies_per_contact),
        (4, 'interested_replies', g."interested_replies_per day", f.interested),
        (5, 'meetings', g.meetings_per_day, f.meetings_booked),
        (6, 'bounces', g.bounces_per_day, f.bounced)
    ) as v (position, metric, target, actual)
  )
  select
    m.client, m.day, m.metric, m.target, round(m.target * m.share, 2), m.actual,
    private.target_status(m.metric, m.target, m.target * m.share * m.enough, m.actual)
  from measured m
  order by m.client, m.day, m.position;
end;
$$;
comment on function public.report_quick_view(text, date, date) is
  'Targets (client_targets) beside what was done, for each client, day and metric; today unless told, no day to come. '
  'expected: what the day asks for by now. status: on_track, behind, over_limit (bounces) or no_target.';

-- The funnel -----------------------------------------------------------------------------------------------------

create table private.funnel_steps (
  metric_key text primary key,
  position integer not null unique
);
comment on table private.funnel_steps is 'The steps of the funnel from sent to closed: metric_key of funnel_forecasts.';
alter table private.funnel_steps enable row level security;
create policy funnel_steps_select on private.funnel_steps for select to authenticated using (true);
grant select on private.funnel_steps to authenticated, service_role;
insert into private.funnel_steps (position, metric_key)
values
  (1, 'emails_sent'), (2, 'leads_contacted'), (3, 'replied'), (4, 'interested'), (5, 'meetings_booked'),
  (6, 'disco_shows'), (7, 'qualified'), (8, 'demos_booked'), (9, 'demo_shows'), (10, 'proposals_sent'), (11, 'closed');

-- How far people came. A change of an engaged lead notes its person; a tick brings private.milestones in line for those
-- noted, and reports ask the leads of those who still wait. So nothing is locked while a lead changes, and a report
-- reads what lies in its range.

create table private.milestones (
  client text not null,
  person uuid not null,
  metric_key text not null,
  reached_at timestamptz not null,
  primary key (client, person, metric_key)
);
create index milestones_client_reached_at_idx on private.milestones (client, reached_at) include (metric_key, person);
comment on table private.milestones is
  'When each person first reached a milestone, unless private.milestone_changes names them: then it may be out of '
  'date.';
comment on column private.milestones.person is 'md5 of the address, lower case.';

create table private.milestone_changes (
  id bigint generated always as identity primary key,
  client text not null,
  person uuid not null
);
comment on table private.milestone_changes is 'People whose engaged leads changed since private.milestones was folded.';

select private.apply_client_policies('private.milestones', 'none');
select private.apply_client_policies('private.milestone_changes', 'none');
grant select on private.milestones, private.milestone_changes to service_role;

create view private.live_milestones
with (security_invoker = true) as
select l.client, md5(lower(l.email))::uuid as person, m.metric_key, min(coalesce(m.at, l.last_event_at, l.created_at))
  as reached_at
from public.engaged_leads l
cross join lateral (
  values
    ('disco_shows', l.showed_up_to_disco, l.showed_up_to_disco_at), ('qualified', l.qualified, l.qualified_at),
    ('demos_booked', l.demo_booked, l.demo_booked_at), ('demo_shows', l.showed_up_to_demo, l.showed_up_to_demo_at),
    ('proposals_sent', l.proposal_sent, l.proposal_sent_at), ('closed', l.closed, l.closed_at)
) as m (metric_key, is_reached, at)
where l.deleted_at is null
  and (l.showed_up_to_disco or l.qualified or l.demo_booked or l.showed_up_to_demo or l.proposal_sent or l.closed)
  and m.is_reached
group by 1, 2, 3;
comment on view private.live_milestones is
  'private.milestones as the engaged leads say now. Several leads of an address are one person; a flag without its '
  'time counts when the lead was last heard of, as in the CRM.';
grant select on private.live_milestones to authenticated, service_role;

create function private.tg_engaged_leads__note_milestones()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.milestone_changes (client, person)
  select distinct v.client, md5(lower(v.email))::uuid
  from (values (old.client, old.email), (new.client, new.email)) as v (client, email)
  where v.client is not null
    and v.email is not null;
  return null;
end;
$$;
comment on function private.tg_engaged_leads__note_milestones() is
  'Definer: nobody else writes the notes.';
create trigger _500_note_milestones_of_new after insert on public.engaged_leads
for each row when (
  new.showed_up_to_disco or new.qualified or new.demo_booked or new.showed_up_to_demo or new.proposal_sent or new.closed
)
execute function private.tg_engaged_leads__note_milestones();
create trigger _500_note_milestones_of_gone after delete on public.engaged_leads
for each row when (
  old.showed_up_to_disco or old.qualified or old.demo_booked or old.showed_up_to_demo or old.proposal_sent or old.closed
)
execute function private.tg_engaged_leads__note_milestones();
create trigger _500_note_milestones after update of
  client, email, deleted_at, last_event_at, showed_up_to_disco, showed_up_to_disco_at, qualified, qualified_at,
  demo_booked, demo_booked_at, showed_up_to_demo, showed_up_to_demo_at, proposal_sent, proposal_sent_at, closed,
  closed_at
on public.engaged_leads
for each row when (
  old.showed_up_to_disco or old.qualified or old.demo_booked or old.showed_up_to_demo or old.proposal_sent or old.closed
  or new.showed_up_to_disco or new.qualified or new.demo_booked or new.showed_up_to_demo or new.proposal_sent
  or new.closed
)
execute function private.tg_engaged_leads__note_milestones();

create function private.fold_milestones(p_limit integer default 5000)
returns table (folded integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  has_more := false;
  -- One at a time: who reads the leads later must also write later.
  if not pg_try_advisory_xact_lock(hashtext('private.fold_milestones')) then
    folded := 0;
    return next;
    return;
  end if;
  with taken as (
    delete from private.milestone_changes c
    where c.id = any(array(select o.id from private.milestone_changes o order by o.id limit p_limit))
    returning c.client, c.person
  ),
  people as (
    select distinct t.client, t.person from taken t
  ),
  now as (
    select l.*
    from (select distinct p.client from people p) as c
    cross join lateral (select v.* from private.live_milestones v where v.client = c.client offset 0) as l
    -- Hashed, also where nobody knows how many there are.
    where ((l.client, l.person) in (select p.client, p.person from people p)) is true
  ),
  gone as (
    delete from private.milestones m
    using people p
    where m.client = p.client
      and m.person = p.person
      and ((m.client, m.person, m.metric_key) in (select n.client, n.person, n.metric_key from now n)) is not true
  ),
  kept as (
    insert into private.milestones as m (client, person, metric_key, reached_at)
    select n.client, n.person, n.metric_key, n.reached_at from now n order by 1, 2, 3
    on conflict (client, person, metric_key) do update
    set reached_at = excluded.reached_at
    where m.reached_at <> excluded.reached_at
  )
  select count(*) into folded from taken;
  has_more := folded >= p_limit;
  return next;
end;
$$;
comment on function private.fold_milestones(integer) is
  'Brings private.milestones in line for the people whose leads changed, at most p_limit changes a call.';

create function private.reached_milestones(p_client text, p_from date, p_to date, p_period text)
returns table (client text, metric_key text, reached bigint)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
  with clients as materialized (
    select
      c.client, private.day_start(c.first_day, c.time_zone) as since,
      private.day_start(c.last_day + 1, c.time_zone) as until
    from private.report_clients(p_client, p_from, p_to, p_period) c
  ),
  waiting as materialized (
    select distinct w.client, w.person from private.milestone_changes w
  ),
  counted as (
    select c.client, m.metric_key, m.people
    from clients c
    cross join lateral (
      select k.metric_key, count(*) as people
      from private.milestones k
      where k.client = c.client
        and k.reached_at >= c.since
        and k.reached_at < c.until
        and (k.client, k.person) not in (select w.client, w.person from waiting w)
      group by k.metric_key
    ) as m
    union all
    select l.client, l.metric_key, 1
    from clients c
    cross join lateral (
      select v.*
      from private.live_milestones v
      where v.client = c.client
        and exists (select from waiting w where w.client = c.client)
      offset 0
    ) as l
    join waiting w on w.client = l.client and w.person = l.person
    where l.reached_at >= c.since
      and l.reached_at < c.until
  )
  select r.client, r.metric_key, sum(r.people)::bigint
  from counted r
  group by r.client, r.metric_key;
end;
$$;
comment on function private.reached_milestones(text, date, date, text) is
  'How many people reached a milestone, each on the day of the first time.';

create function private.funnel_counts(p_client text, p_from date, p_to date, p_period text default 'month')
returns table (client text, metric_key text, amount numeric)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
  with clients as materialized (
    select c.* from private.report_clients(p_client, p_from, p_to, p_period) c
  ),
  sums as (
    select
      c.client, coalesce(r.sent, 0) + coalesce(p.sent, 0) as sent,
      coalesce(r.contacted, 0) + coalesce(p.contacted, 0) as contacted,
      coalesce(r.replied, 0) + coalesce(p.replied, 0) as replied,
      coalesce(r.interested, 0) + coalesce(p.interested, 0) as interested, m.meetings
    from clients c
    cross join lateral (
      select
        sum(s.emails_sent) as sent, sum(s.total_leads_contacted) as contacted,
        sum(s.unique_replies_per_contact) as replied, sum(s.interested) as interested
      from public.campaign_rollups s
      where s.client = c.client
        and s.period = 'day'
        and s.campaign_id = 0
        and s.starts_on between c.first_day and c.last_day
    ) as r
    cross join lateral (
      select count(*) as meetings
      from public.meetings_booked b
      where b.client = c.client
        and b.created_time >= private.day_start(c.first_day, c.time_zone)
        and b.created_time < private.day_start(c.last_day + 1, c.time_zone)
        and b.status <> 'canceled'
    ) as m
    left join (
      select
        d.client, sum(d.emails_sent) as sent, sum(d.total_leads_contacted) as contacted,
        sum(d.unique_replies_per_contact) as replied, sum(d.interested) as interested
      from private.pending_days d
      join clients k on k.client = d.client and d.date between k.first_day and k.last_day
      group by d.client
    ) as p on p.client = c.client
  )
  select s.client, v.metric_key, v.amount
  from sums s
  cross join lateral (
    values
      ('emails_sent', s.sent), ('leads_contacted', s.contacted), ('replied', s.replied),
      ('interested', s.interested), ('meetings_booked', s.meetings::numeric)
  ) as v (metric_key, amount)
  union all
  select m.client, m.metric_key, m.reached
  from private.reached_milestones(p_client, p_from, p_to, p_period) m;
end;
$$;
comment on function private.funnel_counts(text, date, date, text) is
  'The steps of the funnel of each client; a step that nobody took may be left out.';

create function public.report_funnel(
  p_client text default null, p_from date default null, p_to date default null, p_by text default 'total'
)
returns table (client text, step text, amount numeric, conversion numeric, of_contacted numeric)
language plpgsql stable
set search_path = ''
as $$
begin
  if p_by <> all (array['total', 'client']) then
    perform private.raise_error('MR002', 'No such funnel.', p_by, 'By total or client.');
  end if;
  perform private.check_report_range(p_from, coalesce(p_to, private.clock()::date), 1100);
  return query
  with counted as (
    select c.client, s.position, s.metric_key, coalesce(f.amount, 0) as amount
    from private.report_clients(p_client, p_from, p_to) c
    cross join private.funnel_steps s
    left join private.funnel_counts(p_client, p_from, p_to) f
      on f.client = c.client and f.metric_key = s.metric_key
  ),
  summed as (
    select case when p_by = 'client' then c.client end as client, c.position, c.metric_key, sum(c.amount) as amount
    from counted c
    group by 1, 2, 3
  )
  select
    s.client, s.metric_key, s.amount,
    case when s.position > 1 then private.percentage_of(s.amount, lag(s.amount) over by_client) end,
    case
      when s.position > 1
        then private.percentage_of(s.amount, max(s.amount) filter (where s.position = 2) over by_client)
    end
  from summed s
  window by_client as (
    partition by s.client order by s.position
  )
  order by s.client, s.position;
end;
$$;
comment on function public.report_funnel(text, date, date, text) is
  'From mails sent to deals closed, of all clients together or of each (p_by); this month unless told. conversion: '
  'percent of the step before; of_contacted: percent of the leads contacted.';

-- Variants of a step ---------------------------------------------------------------------------------------------

create function private.two_sided_p(p_z double precision)
returns double precision
language plpgsql immutable
set search_path = ''
as $$
declare
  v_z double precision := abs(p_z);
  v_t double precision := 1 / (1 + 0.2316419 * v_z);
begin
  -- The normal tail by Abramowitz and Stegun, 26.2.17: off by 7.5e-8 at most. erf() comes with Postgres 16.
  return case
    when v_z > 37 then 0
    else least(
      1,
      2 * exp(-v_z * v_z / 2) / sqrt(2 * pi()) * v_t * (
        0.319381530 + v_t * (-0.356563782 + v_t * (1.781477937 + v_t * (-1.821255978 + v_t * 1.330274429)))
      )
    )
  end;
end;
$$;
comment on function private.two_sided_p(double precision) is
  'How likely a standard normal variable is at least this far from 0.';

create function private.proportion_z(p_one bigint, p_of_one bigint, p_other bigint, p_of_other bigint)
returns double precision
language plpgsql immutable
set search_path = ''
as $$
declare
  v_pooled double precision := (p_one + p_other)::double precision / nullif(p_of_one + p_of_other, 0);
begin
  return (p_one::double precision / nullif(p_of_one, 0) - p_other::double precision / nullif(p_of_other, 0))
    / nullif(sqrt(v_pooled * (1 - v_pooled) * (1.0 / nullif(p_of_one, 0) + 1.0 / nullif(p_of_other, 0))), 0);
end;
$$;
comment on function private.proportion_z(bigint, bigint, bigint, bigint) is
  'z of the pooled two-proportion test: by how many standard errors the first share is above the second. Null when '
  'nothing can be compared.';
grant execute on function
  private.two_sided_p(double precision), private.proportion_z(bigint, bigint, bigint, bigint)
to authenticated, service_role;

create function private.step_verdict(
  p_rule jsonb, p_outcomes bigint, p_leads bigint, p_of_control bigint, p_control_leads bigint, p_comparisons bigint
)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_z double precision := private.proportion_z(p_outcomes, p_leads, p_of_control, p_control_leads);
  v_pooled double precision :=
    (p_outcomes + p_of_control)::double precision / nullif(p_leads + p_control_leads, 0);
  v_smaller bigint := least(p_leads, p_control_leads);
begin
  return case
    when v_smaller < (p_rule ->> 'minimum_sample')::numeric
      or coalesce(v_smaller * least(v_pooled, 1 - v_pooled), 0) < (p_rule ->> 'minimum_expected')::double precision
      then 'too_few'
    -- Of many comparisons one differs by chance: each must be that much surer (Bonferroni).
    when private.two_sided_p(v_z) >= (1 - (p_rule ->> 'confidence')::double precision / 100) / p_comparisons
      then 'no_difference'
    when v_z > 0 then 'higher'
    else 'lower'
  end;
end;
$$;
comment on function private.step_verdict(jsonb, bigint, bigint, bigint, bigint, bigint) is
  'The written rule: too_few below the minimum sample or expected outcomes; else whether the share is higher or lower '
  'than the control''s at the confidence, divided among the comparisons of the step. p_rule: the thresholds ab_test.*.';
grant execute on function private.step_verdict(jsonb, bigint, bigint, bigint, bigint, bigint)
to authenticated, service_role;

create function public.report_step_comparison(
  p_client text, p_campaign_id bigint, p_outcome text default 'replied', p_from date default null,
  p_to date default null
)
returns table (
  step_order integer, step_id integer, variant text, is_control boolean, leads bigint, outcomes bigint, rate numeric,
  difference numeric, z_score numeric, p_value numeric, verdict text
)
language plpgsql stable
set search_path = ''
as $$
begin
  if p_outcome <> all (array['opened', 'replied', 'interested', 'bounced', 'unsubscribed']) then
    perform private.raise_error(
      'MR002', 'No such outcome.', p_outcome, 'One of opened, replied, interested, bounced, unsubscribed.'
    );
  end if;
  return query
  with events as (
    select e.step_order, e.step_id, e.step_variant, e.lead, e.kind, e.event_date as day
    from public.campaign_events e
    where e.client = p_client
      and e.campaign_id = p_campaign_id
      and e.kind in ('sent', p_outcome)
      and e.step_id is not null
      and e.lead is not null
    union all
    select
      p.step_order, p.step_id, p.step_variant, p.lead, p.kind,
      (p.occurred_at at time zone private.time_zone_of(p_client))::date
    from private.pending_events p
    where p.client = p_client
      and p.campaign_id = p_campaign_id
      and p.kind in ('sent', p_outcome)
      and p.step_id is not null
      and p.lead is not null
      and p.total > 0
  ),
  asked as (
    select e.step_order, e.step_id, e.step_variant, bool_or(e.kind = p_outcome) as answered
    from events e
    group by e.step_order, e.step_id, e.step_variant, e.lead
    having bool_or(
      e.kind = 'sent' and e.day >= coalesce(p_from, '-infinity') and e.day <= coalesce(p_to, 'infinity')
    )
  ),
  sides as (
    select
      a.step_order, a.step_id, a.step_variant, count(*) as leads, count(*) filter (where a.answered) as outcomes,
      row_number() over step as place, count(*) over (partition by a.step_order) as sides
    from asked a
    group by a.step_order, a.step_id, a.step_variant
    window step as (
      partition by a.step_order order by length(a.step_variant) nulls first, a.step_variant, a.step_id
    )
  )
  select
    s.step_order, s.step_id, s.step_variant, s.place = 1, s.leads, s.outcomes,
    private.percentage_of(s.outcomes, s.leads),
    case
      when s.place > 1
        then private.percentage_of(s.outcomes, s.leads) - private.percentage_of(c.outcomes, c.leads)
    end,
    case when s.place > 1 then round(z.z::numeric, 4) end,
    case when s.place > 1 then round(private.two_sided_p(z.z)::numeric, 6) end,
    case
      when s.sides = 1 then 'only_variant'
      when s.place = 1 then 'control'
      else private.step_verdict(r.rule, s.outcomes, s.leads, c.outcomes, c.leads, s.sides - 1)
    end
  from sides s
  join sides c on c.step_order is not distinct from s.step_order and c.place = 1
  join private.client_rules('ab_test') r on r.client = p_client
  cross join lateral (
    select private.proportion_z(s.outcomes, s.leads, c.outcomes, c.leads) as z
  ) as z
  order by s.step_order, s.place;
end;
$$;
comment on function public.report_step_comparison(text, bigint, text, date, date) is
  'A/B variants of a campaign''s steps: of the leads that each was sent to (between p_from and p_to), how many did '
  'p_outcome since, and whether that differs from the step''s first variant. verdict: only_variant, control, too_few, '
  'no_difference, higher or lower (private.step_verdict).';

grant execute on function
  private.check_report_range(date, date, integer),
  private.day_start(date, text),
  private.report_clients(text, date, date, text),
  private.report_days(text, date, date),
  private.target_status(text, numeric, numeric, numeric),
  private.quick_view_share(jsonb, date, timestamp),
  private.reached_milestones(text, date, date, text),
  private.funnel_counts(text, date, date, text),
  public.report_rollup(text, text, text, date, date),
  public.report_quick_view(text, date, date),
  public.report_funnel(text, date, date, text),
  public.report_step_comparison(text, bigint, text, date, date)
to authenticated, service_role;
