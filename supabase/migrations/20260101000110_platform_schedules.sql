-- What runs by the clock: one row a schedule, one row a run of it, and how late it is. The last migration gives the
-- schedules to pg_cron.

create table integrations.schedules (
  job text primary key,
  schedule text not null,
  every interval not null,
  command text not null,
  most_rounds integer not null default 1,
  keep interval not null default '3 days',
  constraint rounds_are_positive check (most_rounds > 0),
  constraint every_is_positive check (every > interval '0')
);
comment on table integrations.schedules is
  'Every schedule. command is one query whose row tells what was done; while it says has_more it is run again, '
  'each time in a transaction of its own, up to most_rounds times a tick.';
comment on column integrations.schedules.every is 'How far apart the runs are at most; what lateness is counted from.';

create table integrations.schedule_runs (
  id bigint generated always as identity primary key,
  job text not null references integrations.schedules (job) on update cascade on delete cascade,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  outcome text not null default 'succeeded',
  rounds integer not null default 1,
  did jsonb,
  error text,
  constraint outcome_is_known check (outcome in ('succeeded', 'failed'))
)
with (autovacuum_vacuum_insert_scale_factor = 0.05);
create index schedule_runs_job_started_at_idx on integrations.schedule_runs (job, started_at);
comment on table integrations.schedule_runs is
  'What each tick did; rounds of one tick are one row, and their numbers are added up. A failed one has left '
  'nothing but its row.';

select private.apply_agency_policies('integrations.schedules', 'none');
select private.apply_agency_policies('integrations.schedule_runs', 'none');
revoke insert, update, delete, truncate on integrations.schedules, integrations.schedule_runs from service_role;

create function private.add_counts(p_one jsonb, p_other jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(p_one, '{}') || coalesce(jsonb_object_agg(
    n.key,
    case
      when jsonb_typeof(n.value) = 'number' and jsonb_typeof(p_one -> n.key) = 'number'
        then to_jsonb((n.value)::numeric + (p_one -> n.key)::numeric)
      else n.value
    end
  ), '{}')
  from jsonb_each(p_other) as n
$$;
comment on function private.add_counts(jsonb, jsonb) is 'Two objects as one: numbers are added, of the rest the second.';

create function private.run_schedule(p_job text, p_run bigint default null)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_schedule integrations.schedules;
  v_started timestamptz := clock_timestamp();
  v_did jsonb;
  v_error text;
  v_run bigint;
begin
  select s.* into v_schedule from integrations.schedules s where s.job = p_job;
  if not found then
    return null;
  end if;
  begin
    execute format('select to_jsonb(t) from (%s) as t', v_schedule.command) into v_did;
  exception when others then
    v_error := left(format('%s: %s', sqlstate, sqlerrm), 1000);
  end;
  if p_run is null then
    insert into integrations.schedule_runs (job, started_at, finished_at, outcome, did, error)
    values (
      p_job, v_started, clock_timestamp(), case when v_error is null then 'succeeded' else 'failed' end, v_did, v_error
    )
    returning id into v_run;
  else
    update integrations.schedule_runs r
    set finished_at = clock_timestamp(),
        rounds = r.rounds + 1,
        did = private.add_counts(r.did, v_did),
        outcome = case when v_error is null then r.outcome else 'failed' end,
        error = v_error
    where r.id = p_run
    returning r.id into v_run;
  end if;
  return case when (v_did ->> 'has_more')::boolean then v_run end;
end;
$$;
comment on function private.run_schedule(text, bigint) is
  'One round of a schedule, noted in integrations.schedule_runs. Answers the run when there is more to do, else null.';

create function private.schedule_command(p_job text)
returns text
language sql stable
set search_path = ''
as $$
  select format(
    $command$
do $tick$
declare
  v_run bigint;
begin
  for i in 1..%s loop
    v_run := private.run_schedule(%L, v_run);
    exit when v_run is null;
    commit;
  end loop;
end
$tick$
    $command$,
    s.most_rounds, s.job
  )
  from integrations.schedules s
  where s.job = p_job
$$;
comment on function private.schedule_command(text) is
  'What pg_cron runs. A block, as only it can commit between rounds: one long transaction would hold its locks all '
  'along.';

create function private.knows_seconds()
returns boolean
language sql stable
set search_path = ''
as $$
  select not exists (
    select
    from pg_catalog.pg_extension e
    where e.extname = 'pg_cron'
      -- Debian's is `1.4-1`.
      and regexp_match(e.extversion, '^([0-9]+)[.]([0-9]+)')::integer[] < array[1, 5]
  )
$$;
comment on function private.knows_seconds() is 'Whether pg_cron takes `5 seconds`. Before 1.5 a minute is the least.';

create function private.sweep_schedule_runs(p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  delete from integrations.schedule_runs q
  where q.id = any(array(
    select r.id
    from integrations.schedules s
    cross join lateral (
      select o.id, o.outcome, o.started_at
      from integrations.schedule_runs o
      where o.job = s.job
        and o.started_at < v_now - s.keep
      offset 0
    ) as r
    where r.outcome = 'succeeded'
      or r.started_at < v_now - interval '30 days'
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  delete from cron.job_run_details d where d.end_time < now() - interval '3 days';
  return next;
end;
$$;
comment on function private.sweep_schedule_runs(integer) is
  'Deletes runs older than their schedule keeps them, failed ones after 30 days, and what pg_cron itself notes.';

create view integrations.schedule_health
with (security_invoker = true)
as
select
  s.job,
  s.schedule,
  last.started_at as last_started_at,
  last.outcome as last_outcome,
  last.finished_at - last.started_at as last_duration,
  last.did as last_did,
  last.error as last_error,
  success.started_at as last_success_at,
  greatest(clock_timestamp() - coalesce(success.started_at, '-infinity') - s.every, interval '0') as late
from integrations.schedules s
left join lateral (
  select r.* from integrations.schedule_runs r where r.job = s.job order by r.started_at desc limit 1
) as last on true
left join lateral (
  select r.started_at
  from integrations.schedule_runs r
  where r.job = s.job
    and r.outcome = 'succeeded'
  order by r.started_at desc
  limit 1
) as success on true;
comment on view integrations.schedule_health is
  'Each schedule with its last run and last success. late: how long the next success has been due; nothing when '
  'it runs as it should.';
grant select on integrations.schedule_health to authenticated;
