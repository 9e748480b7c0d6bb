-- What is to come: opportunities with their probable value, forecasts of the funnel, and the report of each night.

-- Opportunities --------------------------------------------------------------------------------------------------

create table public.client_opportunities (
  id serial primary key,
  client text not null,
  opportunity_name text not null,
  stage text not null default 'Qualification',
  value numeric not null default 0,
  expected_close_date date,
  contact_name text,
  contact_email text,
  notes text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint opportunity_name_is_not_blank check (btrim(opportunity_name) <> ''),
  constraint stage_is_known check (
    stage in ('Lead', 'Qualification', 'Discovery', 'Demo', 'Proposal', 'Negotiation', 'Won', 'Lost')
  ),
  constraint value_is_not_negative check (value >= 0)
);
create index client_opportunities_client_created_at_idx on public.client_opportunities (client, created_at, id);
create index client_opportunities_client_stage_idx on public.client_opportunities (client, stage) include (value);
comment on table public.client_opportunities is
  'A client''s opportunities as the agency keeps them beside the CRM. Stages are those of deals, with a capital.';
comment on column public.client_opportunities.value is
  'In the client''s own currency.';
select private.apply_client_policies('public.client_opportunities', p_write => 'member');
grant usage on sequence public.client_opportunities_id_seq to authenticated;

create trigger _100_touch_updated_at before update on public.client_opportunities
for each row execute function extensions.moddatetime(updated_at);

create function public.report_opportunities(p_client text default null, p_by text default 'total')
returns table (
  client text, stage text, probability integer, opportunities bigint, value numeric, weighted_value numeric
)
language plpgsql stable
set search_path = ''
as $$
begin
  if p_by <> all (array['total', 'client']) then
    perform private.raise_error('MR002', 'No such pipeline.', p_by, 'By total or client.');
  end if;
  return query
  with stages as (
    select s.n, s.stage, private.deal_stage_probability(lower(s.stage)) as probability
    from unnest(array['Lead', 'Qualification', 'Discovery', 'Demo', 'Proposal', 'Negotiation', 'Won', 'Lost'])
      with ordinality as s (stage, n)
  )
  select
    case when p_by = 'client' then c.client end, s.stage, s.probability, coalesce(sum(o.opportunities), 0)::bigint,
    coalesce(sum(o.value), 0), round(coalesce(sum(o.value), 0) * s.probability / 100, 2)
  from private.report_clients(p_client, null, null) c
  cross join stages s
  left join lateral (
    select count(*) as opportunities, sum(r.value) as value
    from public.client_opportunities r
    where r.client = c.client
      and r.stage = s.stage
  ) as o on true
  group by 1, s.n, s.stage, s.probability
  order by 1, s.n;
end;
$$;
comment on function public.report_opportunities(text, text) is
  'The weighted pipeline: opportunities by stage with their value, and that times the stage''s probability; of all '
  'clients together or of each (p_by).';
grant execute on function public.report_opportunities(text, text) to authenticated, service_role;

-- Forecasts ------------------------------------------------------------------------------------------------------

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('funnel_forecast.months_of_history', 6, 'months', 1, 36,
    'Full months before, of which low, average and high are taken.'),
  ('funnel_forecast.least_days', 1, 'days', 0.1, 15, 'A month that is younger is projected as if it were this old.');

create table public.funnel_forecasts (
  id uuid primary key default gen_random_uuid(),
  month text not null,
  year integer not null,
  metric_key text not null,
  estimate_low numeric default 0,
  estimate_avg numeric default 0,
  estimate_high numeric default 0,
  estimate_1 numeric default 0,
  estimate_2 numeric default 0,
  actual numeric default 0,
  projected numeric default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  client text,
  starts_on date generated always as (
    make_date(
      year,
      array_position(
        array[
          'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
          'December'
        ],
        month
      ),
      1
    )
  ) stored,
  refreshed_at timestamptz,
  constraint funnel_forecasts_client_starts_on_metric_key_key
  unique nulls not distinct (client, starts_on, metric_key),
  constraint month_is_a_name check (
    month in (
      'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
      'December'
    )
  ),
  constraint year_is_plausible check (year between 2000 and 2200),
  constraint metric_key_is_not_blank check (btrim(metric_key) <> '')
);
create index funnel_forecasts_starts_on_idx on public.funnel_forecasts (starts_on, id);
comment on table public.funnel_forecasts is
  'A month of the funnel: what history lets expect, what became of it so far, and what that makes of the month. '
  'Refreshed by a schedule; estimate_1 and estimate_2 are people''s own.';
comment on column public.funnel_forecasts.client is
  'Null: all clients together.';
comment on column public.funnel_forecasts.metric_key is
  'A step of report_funnel, or a word of people''s own.';
comment on column public.funnel_forecasts.estimate_low is
  'The least of the full months before; estimate_avg their mean, estimate_high the most.';
comment on column public.funnel_forecasts.projected is
  'actual, carried on to the end of the month at the same rate.';
select private.apply_policies(
  'public.funnel_forecasts',
  private.client_condition('client', 'read') || ' or (client is null and ' || private.agency_condition('read') || ')',
  private.client_condition('client', 'staff') || ' or (client is null and ' || private.agency_condition('staff') || ')'
);

create trigger _100_touch_updated_at before update on public.funnel_forecasts
for each row execute function extensions.moddatetime(updated_at);

create function private.month_share(p_month date, p_local_now timestamp)
returns numeric
language plpgsql stable
set search_path = ''
as $$
declare
  v_days numeric := (p_month + interval '1 month')::date - p_month;
  v_passed numeric := extract(epoch from p_local_now - p_month::timestamp) / 86400;
begin
  return case
    when v_passed >= v_days then 1
    else greatest(v_passed, private.setting('funnel_forecast.least_days')) / v_days
  end;
end;
$$;
comment on function private.month_share(date, timestamp) is
  'Which part of a month has passed, by the wall clock; never less than the least days, so that the first hours do not '
  'project a flood.';

create function private.funnel_history(p_client text, p_month date)
returns table (metric_key text, low numeric, average numeric, high numeric)
language sql stable
set search_path = ''
as $$
  with months as (
    select (p_month - make_interval(months => n))::date as month
    from generate_series(1, private.setting('funnel_forecast.months_of_history')::integer) as n
    -- Before its first figures a client has no history, not one of nothing.
    where (p_month - make_interval(months => n))::date >= (
      select min(r.starts_on)
      from public.campaign_rollups r
      where r.period = 'month'
        and r.campaign_id = 0
        and (p_client is null or r.client = p_client)
    )
  ),
  amounts as (
    select m.month, f.metric_key, sum(f.amount) as amount
    from months m
    cross join lateral private.funnel_counts(p_client, m.month, (m.month + interval '1 month')::date - 1) f
    group by m.month, f.metric_key
  )
  select
    s.metric_key, min(coalesce(a.amount, 0)), round(avg(coalesce(a.amount, 0)), 2), max(coalesce(a.amount, 0))
  from months m
  cross join private.funnel_steps s
  left join amounts a on a.month = m.month and a.metric_key = s.metric_key
  group by s.metric_key
$$;
comment on function private.funnel_history(text, date) is
  'The least, mean and most of each step in the full months before a month (client null: of all clients together).';

create function private.refresh_funnel_forecast(p_client text, p_month date)
returns void
language sql
set search_path = ''
as $$
  with local as (
    -- All clients together: by the clock of UTC.
    select
      private.clock() at time zone case when p_client is null then 'UTC' else private.time_zone_of(p_client) end as now
  ),
  amounts as (
    select f.metric_key, sum(f.amount) as amount
    from private.funnel_counts(p_client, p_month, (p_month + interval '1 month')::date - 1) f
    group by f.metric_key
  )
  insert into public.funnel_forecasts as f (
    client, year, month, metric_key, estimate_low, estimate_avg, estimate_high, actual, projected, refreshed_at
  )
  select
    p_client, extract(year from p_month), to_char(p_month, 'FMMonth'), s.metric_key, coalesce(h.low, 0),
    coalesce(h.average, 0), coalesce(h.high, 0), coalesce(a.amount, 0),
    round(coalesce(a.amount, 0) / private.month_share(p_month, l.now), 2), private.clock()
  from private.funnel_steps s
  cross join local l
  left join private.funnel_history(p_client, p_month) h on h.metric_key = s.metric_key
  left join amounts a on a.metric_key = s.metric_key
  on conflict (client, starts_on, metric_key) do update
  set estimate_low = excluded.estimate_low,
      estimate_avg = excluded.estimate_avg,
      estimate_high = excluded.estimate_high,
      actual = excluded.actual,
      projected = excluded.projected,
      refreshed_at = excluded.refreshed_at
$$;
comment on function private.refresh_funnel_forecast(text, date) is
  'Makes or renews the forecast of a month (its first day) for a client, or for all together (null).';

create function private.refresh_funnel_forecasts(p_limit integer default 50)
returns table (refreshed integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  -- Today wherever it is, and the month before, which late events still change.
  v_month date := private.starts_on('month', (v_now at time zone 'UTC')::date);
  v_due record;
begin
  refreshed := 0;
  for v_due in
    select c.client, m.month
    from (select t.business as client from integrations.tenants t where not t.is_agency union all select null) as c
    cross join (values (v_month), ((v_month - interval '1 month')::date)) as m (month)
    where not exists (
      select
      from public.funnel_forecasts f
      where f.client is not distinct from c.client
        and f.starts_on = m.month
        and f.refreshed_at > v_now - interval '50 minutes'
    )
    limit p_limit
  loop
    perform private.refresh_funnel_forecast(v_due.client, v_due.month);
    refreshed := refreshed + 1;
  end loop;
  has_more := refreshed >= p_limit;
  return next;
end;
$$;
comment on function private.refresh_funnel_forecasts(integer) is
  'Renews this month''s and the last month''s forecasts that are older than 50 minutes, at most p_limit a call.';

-- The report of each night ---------------------------------------------------------------------------------------

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('nightly_report.hour', 5, 'hours', 0, 23,
    'A day''s report is made from this hour of the next on, by the client''s clock.'),
  ('nightly_report.keep_days', 800, 'days', 30, 3650, 'Reports are deleted after so many days.');
insert into integrations.notice_kinds (kind, description, severity)
values ('nightly_report', 'A client''s day beside its targets, and the month so far.', 'info');

create table public.nightly_reports (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  date date not null,
  quick_view jsonb not null,
  funnel jsonb not null,
  text text not null,
  made_at timestamptz not null,
  constraint nightly_reports_client_date_key unique (client, date)
);
create index nightly_reports_made_at_idx on public.nightly_reports (made_at);
comment on table public.nightly_reports is
  'What was told of a client''s day the night after. A report can be made again; what was told is not told twice.';
comment on column public.nightly_reports.quick_view is 'report_quick_view of the day: metric, target, actual, status.';
comment on column public.nightly_reports.funnel is
  'report_funnel of its month up to the day: step, amount, conversion.';
select private.apply_client_policies('public.nightly_reports', 'none');

create function private.nightly_text(p_date date, p_quick_view jsonb, p_funnel jsonb)
returns text
language sql stable
set search_path = ''
as $$
  select format(
    E'*%s*\n%s\nMonth so far: %s',
    to_char(p_date, 'Dy FMDD Mon YYYY'),
    (
      select string_agg(
        format(
          '%s: %s%s%s', replace(q.metric, '_', ' '), q.actual,
          case
            when q.target > 0 then format(' of %s%s', case q.metric when 'bounces' then 'at most ' end, q.target)
          end,
          case when q.status in ('behind', 'over_limit') then format(' (%s)', replace(q.status, '_', ' ')) end
        ),
        ', ' order by n
      )
      from rows from (
        jsonb_to_recordset(p_quick_view) as (metric text, target numeric, actual numeric, status text)
      ) with ordinality as q (metric, target, actual, status, n)
    ),
    (
      select string_agg(format('%s %s', f.amount, replace(f.step, '_', ' ')), ', ' order by n)
      from rows from (
        jsonb_to_recordset(p_funnel) as (step text, amount numeric)
      ) with ordinality as f (step, amount, n)
      where f.amount > 0
    )
  )
$$;
comment on function private.nightly_text(date, jsonb, jsonb) is 'The report as people read it.';

create function private.make_nightly_report(p_client text, p_date date)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_quick_view jsonb := (
    select jsonb_agg(jsonb_build_object('metric', q.metric, 'target', q.target, 'actual', q.actual, 'status', q.status))
    from public.report_quick_view(p_client, p_date, p_date) q
  );
  v_funnel jsonb := (
    select jsonb_agg(jsonb_build_object('step', f.step, 'amount', f.amount, 'conversion', f.conversion))
    from public.report_funnel(p_client, private.starts_on('month', p_date), p_date) f
  );
  v_text text := private.nightly_text(p_date, v_quick_view, v_funnel);
  v_id uuid;
begin
  insert into public.nightly_reports as r (client, date, quick_view, funnel, text, made_at)
  values (p_client, p_date, v_quick_view, v_funnel, v_text, private.clock())
  on conflict (client, date) do update
  set quick_view = excluded.quick_view, funnel = excluded.funnel, text = excluded.text, made_at = excluded.made_at
  returning r.id into v_id;
  -- Of a client with neither targets nor figures there is nothing to tell.
  if exists (
    select
    from jsonb_to_recordset(v_quick_view) as q (target numeric, actual numeric)
    where q.target > 0 or q.actual > 0
  ) then
    perform integrations.notify(
      'nightly_report', p_client, format('%s %s', p_client, p_date), v_text,
      jsonb_build_object('report_id', v_id, 'date', p_date)
    );
  end if;
  return v_id;
end;
$$;
comment on function private.make_nightly_report(text, date) is
  'Makes or renews the report of a client''s day, and tells it once. Answers its id.';

create function private.make_nightly_reports(p_limit integer default 50)
returns table (made integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_due record;
begin
  made := 0;
  for v_due in
    select c.client, c.local_now::date - 1 as day
    from private.report_clients(null, null, null) c
    join private.client_rules('nightly_report') r on r.client = c.client
    where extract(hour from c.local_now) >= (r.rule ->> 'hour')::numeric
      and not exists (
        select from public.nightly_reports n where n.client = c.client and n.date = c.local_now::date - 1
      )
    limit p_limit
  loop
    perform private.make_nightly_report(v_due.client, v_due.day);
    made := made + 1;
  end loop;
  has_more := made >= p_limit;
  return next;
end;
$$;
comment on function private.make_nightly_reports(integer) is
  'Makes yesterday''s report of each client whose clock says it is time, at most p_limit a call.';

create function public.make_nightly_report(p_client text, p_date date)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_client is null or p_client <> all (array(select private.my_clients())) then
    perform private.raise_error('MR001', 'There is no such client.', p_client);
  elsif p_client <> all (array(select private.my_clients('staff'))) then
    perform private.raise_error('MR004', 'Only the agency''s staff makes reports.');
  elsif p_date is null or p_date >= (private.clock() at time zone private.time_zone_of(p_client))::date then
    perform private.raise_error('MR002', 'The day is not over.', p_date::text);
  end if;
  return private.make_nightly_report(p_client, p_date);
end;
$$;
comment on function public.make_nightly_report(text, date) is
  'private.make_nightly_report for people: the agency''s staff, of a day that is over. Answers the report''s id. '
  'Definer: users may not write reports or tell people.';
grant execute on function public.make_nightly_report(text, date) to authenticated;

create function private.sweep_nightly_reports(p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  delete from public.nightly_reports r
  where r.id = any(array(
    select o.id
    from public.nightly_reports o
    where o.made_at < private.clock() - make_interval(days => private.setting('nightly_report.keep_days')::integer)
    order by o.made_at
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function private.sweep_nightly_reports(integer) is 'Deletes old reports, at most p_limit a call.';
