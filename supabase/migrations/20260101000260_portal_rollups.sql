-- Daily figures added up: a client's days, weeks and months, and a campaign's weeks and months.
--
-- A statement that changes campaign_reporting adds what it changed to the sums, set-wise and in its own transaction, so
-- that they agree with the days at every moment: whether a fold, a sync or a person wrote them. What is not folded yet
-- is in private.pending_days; the reports add it.
--
-- Lock order: days of campaign_reporting, then sums, each by key. A fold is alone (208); a sync writes one statement.

create table public.campaign_rollups (
  client text not null,
  period text not null,
  campaign_id integer not null,
  starts_on date not null,
  emails_sent numeric not null default 0,
  total_leads_contacted numeric not null default 0,
  opened numeric not null default 0,
  unique_opens_per_contact numeric not null default 0,
  unique_replies_per_contact numeric not null default 0,
  bounced numeric not null default 0,
  unsubscribed numeric not null default 0,
  interested numeric not null default 0,
  primary key (client, period, campaign_id, starts_on),
  constraint period_is_known check (period in ('day', 'week', 'month'))
) with (fillfactor = 80);
comment on table public.campaign_rollups is
  'Sums of campaign_reporting, kept by its triggers. Days are stored of clients only: of a campaign, '
  'campaign_reporting is the day. Rows of campaign_reporting without client, campaign or date are not in it.';
comment on column public.campaign_rollups.campaign_id is
  '0: all campaigns of the client together.';
comment on column public.campaign_rollups.starts_on is
  'The day, the Monday of the week, or the first of the month.';
select private.apply_client_policies('public.campaign_rollups', 'none');

create function private.starts_on(p_period text, p_date date)
returns date
language plpgsql immutable
set search_path = ''
as $$
begin
  -- Of a timestamp without time zone: date_trunc of a date would look at the session's.
  return date_trunc(p_period, p_date::timestamp)::date;
end;
$$;
comment on function private.starts_on(text, date) is
  'First day of the period (day, week, month) that holds the day. Weeks begin on Monday.';
grant execute on function private.starts_on(text, date) to authenticated, service_role;

-- What is not folded yet -----------------------------------------------------------------------------------------

create view private.pending_days
with (security_invoker = true) as
select
  d.client, d.campaign_id, d.date, d.emails_sent, d.total_leads_contacted, d.opened, d.unique_opens_per_contact,
  d.unique_replies_per_contact, d.bounced, d.unsubscribed, d.interested
from (
  select
    p.client, p.campaign_id, coalesce(t.time_zone, 'UTC') as time_zone,
    (p.occurred_at at time zone coalesce(t.time_zone, 'UTC'))::date as date,
    sum(p.total * k.emails_sent) as emails_sent, sum(p.uniques * k.leads_contacted) as total_leads_contacted,
    sum(p.total * k.opened) as opened, sum(p.uniques * k.unique_opens) as unique_opens_per_contact,
    sum(p.uniques * k.unique_replies) as unique_replies_per_contact, sum(p.total * k.bounced) as bounced,
    sum(p.uniques * k.unsubscribed) as unsubscribed, sum(p.uniques * k.interested) as interested
  from private.pending_events p
  join private.event_kinds k on k.kind = p.kind
  left join integrations.tenants t on t.business = p.client
  where p.campaign_id is not null
  group by 1, 2, 3, 4
) as d
-- EmailBison's own figures of a day have its facts in them already. They come when the day is over, so that of nearly
-- all that is pending nothing is looked up.
where d.date >= (private.clock() at time zone d.time_zone)::date
  or not exists (
    select
    from public.campaign_reporting r
    where r.client = d.client
      and r.campaign_id = d.campaign_id
      and r.date = d.date
      and r.figures_at is not null
  );
comment on view private.pending_days is 'What the next folds will add to campaign_reporting.';
grant select on private.pending_days to authenticated, service_role;

-- Keeping the sums -----------------------------------------------------------------------------------------------

create function private.rollup_sums(p_days text)
returns text
language sql immutable
set search_path = ''
as $$
  select format(
    $sql$
      select
        d.client, l.period, l.campaign_id, l.starts_on, sum(d.emails_sent) as emails_sent,
        sum(d.total_leads_contacted) as total_leads_contacted, sum(d.opened) as opened,
        sum(d.unique_opens_per_contact) as unique_opens_per_contact,
        sum(d.unique_replies_per_contact) as unique_replies_per_contact, sum(d.bounced) as bounced,
        sum(d.unsubscribed) as unsubscribed, sum(d.interested) as interested
      from (
        select
          c.client, c.campaign_id, c.date, sum(c.sign * coalesce(c.emails_sent, 0)) as emails_sent,
          sum(c.sign * coalesce(c.total_leads_contacted, 0)) as total_leads_contacted,
          sum(c.sign * coalesce(c.opened, 0)) as opened,
          sum(c.sign * coalesce(c.unique_opens_per_contact, 0)) as unique_opens_per_contact,
          sum(c.sign * coalesce(c.unique_replies_per_contact, 0)) as unique_replies_per_contact,
          sum(c.sign * coalesce(c.bounced, 0)) as bounced, sum(c.sign * coalesce(c.unsubscribed, 0)) as unsubscribed,
          sum(c.sign * coalesce(c.interested, 0)) as interested
        from (%s) as c
        where c.client is not null
          and c.campaign_id is not null
          and c.date is not null
        group by 1, 2, 3
      ) as d
      cross join lateral (
        values
          ('day', 0, d.date),
          ('week', 0, date_trunc('week', d.date::timestamp)::date),
          ('week', d.campaign_id, date_trunc('week', d.date::timestamp)::date),
          ('month', 0, date_trunc('month', d.date::timestamp)::date),
          ('month', d.campaign_id, date_trunc('month', d.date::timestamp)::date)
      ) as l (period, campaign_id, starts_on)
      where (
        d.emails_sent, d.total_leads_contacted, d.opened, d.unique_opens_per_contact, d.unique_replies_per_contact,
        d.bounced, d.unsubscribed, d.interested
      ) <> (0, 0, 0, 0, 0, 0, 0, 0)
      group by 1, 2, 3, 4
    $sql$,
    p_days
  )
$$;
comment on function private.rollup_sums(text) is
  'SQL for the rows of campaign_rollups that days make; p_days: SQL for them, with sign 1 for what came, -1 for what '
  'went. The one definition that keeping and checking share.';

create function private.tg_campaign_reporting__roll_up()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_is_nothing boolean;
  v_gone text[];
begin
  if tg_op = 'DELETE' then
    v_is_nothing := not exists (select from removed);
  else
    v_is_nothing := not exists (select from added);
  end if;
  if v_is_nothing then
    return null;
  end if;
  -- Planned each time: one plan does not suit a fold's forty rows and an import's ten thousand.
  execute format(
    $sql$
      insert into public.campaign_rollups as r
      %s
      order by 1, 2, 3, 4
      on conflict (client, period, campaign_id, starts_on) do update
      set emails_sent = r.emails_sent + excluded.emails_sent,
          total_leads_contacted = r.total_leads_contacted + excluded.total_leads_contacted,
          opened = r.opened + excluded.opened,
          unique_opens_per_contact = r.unique_opens_per_contact + excluded.unique_opens_per_contact,
          unique_replies_per_contact = r.unique_replies_per_contact + excluded.unique_replies_per_contact,
          bounced = r.bounced + excluded.bounced,
          unsubscribed = r.unsubscribed + excluded.unsubscribed,
          interested = r.interested + excluded.interested
    $sql$,
    private.rollup_sums(concat_ws(
      ' union all ',
      case when tg_op <> 'DELETE' then 'select 1 as sign, a.* from added a' end,
      case when tg_op <> 'INSERT' then 'select -1 as sign, r.* from removed r' end
    ))
  );
  if tg_op = 'UPDATE' then
    v_gone := array(select r.client from removed r except select a.client from added a);
  end if;
  if v_gone <> '{}' then
    -- A renamed client: its empty sums would stand in the way of those that take the new name.
    delete from public.campaign_rollups r
    where r.client = any(v_gone)
      and (
        r.emails_sent, r.total_leads_contacted, r.opened, r.unique_opens_per_contact, r.unique_replies_per_contact,
        r.bounced, r.unsubscribed, r.interested
      ) = (0, 0, 0, 0, 0, 0, 0, 0);
  end if;
  return null;
end;
$$;
comment on function private.tg_campaign_reporting__roll_up() is
  'Adds what a statement changed to campaign_rollups. Definer: nobody may write the sums.';

create trigger _500_roll_up_inserted after insert on public.campaign_reporting
referencing new table as added
for each statement execute function private.tg_campaign_reporting__roll_up();
create trigger _500_roll_up_updated after update on public.campaign_reporting
referencing old table as removed new table as added
for each statement execute function private.tg_campaign_reporting__roll_up();
create trigger _500_roll_up_deleted after delete on public.campaign_reporting
referencing old table as removed
for each statement execute function private.tg_campaign_reporting__roll_up();

create function private.tg_campaign_reporting__empty_rollups()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  truncate public.campaign_rollups;
  return null;
end;
$$;
comment on function private.tg_campaign_reporting__empty_rollups() is
  'Without days there are no sums. Definer: nobody may write the sums.';
create trigger _500_empty_rollups after truncate on public.campaign_reporting
for each statement execute function private.tg_campaign_reporting__empty_rollups();

-- Checking them --------------------------------------------------------------------------------------------------

create function private.rollup_differences(p_client text default null)
returns table (client text, period text, campaign_id integer, starts_on date, stored jsonb, recounted jsonb)
language plpgsql stable
set search_path = ''
as $$
begin
  return query execute format(
    $sql$
      with stored as (
        select
          s.client, s.period, s.campaign_id, s.starts_on, to_jsonb(s) - '{client,period,campaign_id,starts_on}'::text[]
            as figures
        from public.campaign_rollups s
        where (
          s.emails_sent, s.total_leads_contacted, s.opened, s.unique_opens_per_contact, s.unique_replies_per_contact,
          s.bounced, s.unsubscribed, s.interested
        ) <> (0, 0, 0, 0, 0, 0, 0, 0)
      ),
      recounted as (
        select
          s.client, s.period, s.campaign_id, s.starts_on, to_jsonb(s) - '{client,period,campaign_id,starts_on}'::text[]
            as figures
        from (%s) as s
      )
      select client, period, campaign_id, starts_on, s.figures, r.figures
      from stored s
      full join recounted r using (client, period, campaign_id, starts_on)
      where s.figures is distinct from r.figures
        and ($1 is null or client = $1)
    $sql$,
    private.rollup_sums('select 1 as sign, r.* from public.campaign_reporting r')
  )
  using p_client;
end;
$$;
comment on function private.rollup_differences(text) is
  'Sums that are not what the days of campaign_reporting make: none, unless somebody switched the triggers off.';

create function private.rebuild_rollups()
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_rows bigint;
begin
  lock table public.campaign_reporting in share mode;
  delete from public.campaign_rollups;
  execute 'insert into public.campaign_rollups '
    || private.rollup_sums('select 1 as sign, r.* from public.campaign_reporting r');
  get diagnostics v_rows = row_count;
  return v_rows;
end;
$$;
comment on function private.rebuild_rollups() is
  'Makes all sums anew from the days. Writers of campaign_reporting wait. Answers the rows made.';
