-- The job queue: where ready jobs are.
--
-- Every claim leaves dead index entries at the front of its lane (a priority of a queue, delayed before or not), and
-- while some old transaction lives none of them can be removed: each claim would step over all of them. So a map tells
-- for each lane the turn below which nothing can be ready: all turns up to it were given out before a certain moment,
-- and all transactions that wrote to the queue at that moment have ended since.

create type private.job_lane as (
  queue_name text, after_priority bigint, priority bigint, again_from bigint, new_from bigint
);

create table private.job_maps (
  version bigint generated always as identity primary key,
  lanes private.job_lane[] not null,
  settled_again bigint not null,
  settled_new bigint not null,
  candidate_again bigint not null,
  candidate_new bigint not null,
  writers text[] not null,
  made_at timestamptz not null default clock_timestamp()
);
comment on table private.job_maps is
  'The newest row tells where ready jobs may be. New rows instead of updates, as the versions of an updated row '
  'would have to be stepped over as well.';
comment on column private.job_maps.lanes is
  'In order. Ready jobs of a queue are between after_priority and priority, or have this priority and a negative turn '
  'from again_from or a positive one from new_from. The last one of each queue has a priority beyond all.';
comment on column private.job_maps.writers is
  'Who wrote to the queue when the candidates were read. When they are gone, the candidates are settled.';
alter table private.job_maps enable row level security;

insert into private.job_maps (lanes, settled_again, settled_new, candidate_again, candidate_new, writers)
values ('{}', -9000000000000000000, 0, -9000000000000000000, 0, '{}');

create function private.whole_queue(p_queue text)
returns private.job_lane
language plpgsql immutable
set search_path = ''
as $$
begin
  return row(p_queue, -2147483649, 2147483648, -9223372036854775808, 0)::private.job_lane;
end;
$$;
comment on function private.whole_queue(text) is 'The lane of a queue of which nothing is known.';

create function private.queue_writers()
returns text[]
language plpgsql
set search_path = ''
as $$
begin
  return array(
    select distinct l.virtualtransaction
    from pg_catalog.pg_locks l
    where l.locktype = 'relation'
      and l.relation = 'outbound.job_queue'::regclass
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      -- What every insert, update and delete takes, whatever else it has; a vacuum writes no job.
      and l.mode = 'RowExclusiveLock'
      and l.pid is distinct from pg_backend_pid()
  );
end;
$$;
comment on function private.queue_writers() is 'The other transactions that have written to the queue and not ended.';

create function private.next_queue(p_after text, p_before text)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  if p_before is null then
    return (
      select j.queue_name
      from outbound.job_queue j
      where j.status = 'waiting' and j.limit_key is null and j.queue_name > p_after
      order by j.queue_name
      limit 1
    );
  end if;
  return (
    select j.queue_name
    from outbound.job_queue j
    where j.status = 'waiting' and j.limit_key is null and j.queue_name > p_after and j.queue_name < p_before
    order by j.queue_name
    limit 1
  );
end;
$$;
comment on function private.next_queue(text, text) is
  'The first queue with ready jobs after the one and before the other name.';

create function private.new_queues(p_known text[])
returns text[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    with recursive gap (after, before) as (
      select n, lead(n) over (order by n) from unnest(p_known || ''::text) as n
    ),
    found as (
      select g.before, private.next_queue(g.after, g.before) as name from gap g
      union all
      select f.before, private.next_queue(f.name, f.before) from found f where f.name is not null
    )
    select f.name from found f where f.name is not null
  );
end;
$$;
comment on function private.new_queues(text[]) is
  'Queues with ready jobs beside the known ones. Looks between these only: their dead entries are not stepped over.';

create function private.job_lanes(p_lanes private.job_lane[], p_settled_again bigint, p_settled_new bigint)
returns private.job_lane[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    with recursive known as (
      select l.* from unnest(p_lanes) as l
    ),
    appeared as (
      select k.queue_name, k.priority as before, (
        select j.priority
        from outbound.job_queue j
        where j.status = 'waiting' and j.limit_key is null and j.queue_name = k.queue_name
          and j.priority > k.after_priority and j.priority < k.priority
        order by j.priority
        limit 1
      )::bigint as priority
      from known k
      union all
      select a.queue_name, a.before, (
        select j.priority
        from outbound.job_queue j
        where j.status = 'waiting' and j.limit_key is null and j.queue_name = a.queue_name
          and j.priority > a.priority and j.priority < a.before
        order by j.priority
        limit 1
      )
      from appeared a
      where a.priority is not null
    ),
    lane as (
      select k.queue_name, k.priority, k.again_from, k.new_from from known k
      union all
      select a.queue_name, a.priority, -9223372036854775808, 0 from appeared a where a.priority is not null
    )
    select row(
      l.queue_name,
      lag(l.priority, 1, -2147483649) over (partition by l.queue_name order by l.priority),
      l.priority,
      least(p_settled_again, (
        select j.turn
        from outbound.job_queue j
        where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
          and j.priority = l.priority and j.turn >= l.again_from and j.turn < 0
        order by j.turn
        limit 1
      )),
      least(p_settled_new, (
        select j.turn
        from outbound.job_queue j
        where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
          and j.priority = l.priority and j.turn >= l.new_from
        order by j.turn
        limit 1
      ))
    )::private.job_lane
    from lane l
    order by l.queue_name, l.priority
  );
end;
$$;
comment on function private.job_lanes(private.job_lane[], bigint, bigint) is
  'The lanes that are known or have a ready job, each from its first ready job on.';

create function private.draw_job_map(p_old private.job_maps)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_new private.job_maps := p_old;
begin
  if not (private.queue_writers() && p_old.writers) then
    v_new.settled_again := p_old.candidate_again;
    v_new.settled_new := p_old.candidate_new;
    -- In this order: who got a turn up to here, and has not ended, is among the writers.
    v_new.candidate_again := (select s.last_value from private.job_turns_again s);
    v_new.candidate_new := (select s.last_value from private.job_turns s);
    v_new.writers := private.queue_writers();
  end if;
  v_new.lanes := private.job_lanes(
    p_old.lanes || array(
      select private.whole_queue(q.name)
      from unnest(private.new_queues(array(select distinct l.queue_name from unnest(p_old.lanes) as l))) as q (name)
    ),
    v_new.settled_again, v_new.settled_new
  );
  -- Who numbers priorities on and on makes lanes without end: then each queue is looked at as a whole.
  if cardinality(v_new.lanes) > 200 then
    v_new.lanes := '{}';
  end if;
  insert into private.job_maps (lanes, settled_again, settled_new, candidate_again, candidate_new, writers)
  values (
    v_new.lanes, v_new.settled_again, v_new.settled_new, v_new.candidate_again, v_new.candidate_new, v_new.writers
  );
  -- A range with two ends: below it lie the dead.
  delete from private.job_maps m where m.version between p_old.version - 20 and p_old.version - 1;
end;
$$;
comment on function private.draw_job_map(private.job_maps) is
  'Makes the next map from the last one, stepping only over what was claimed since.';

create function private.refresh_jobs(p_limit integer default 1000, p_anew boolean default false)
returns boolean
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_map private.job_maps;
  v_due integer;
  v_is_drawn boolean := false;
begin
  if not pg_try_advisory_xact_lock(5432106) then
    return false;
  end if;
  update outbound.job_queue j
  set status = 'waiting', turn = nextval('private.job_turns_again')
  where j.id = any(array(
    select d.id
    from outbound.job_queue d
    where d.status = 'delayed'
      and d.scheduled_at <= private.clock()
    order by d.scheduled_at
    limit p_limit
    for update skip locked
  ));
  get diagnostics v_due = row_count;
  select m.* into v_map from private.job_maps m order by m.version desc limit 1;
  if p_anew then
    v_map.lanes := '{}';
  end if;
  if p_anew
    or v_map.made_at < clock_timestamp() - interval '200 milliseconds'
    or private.new_queues(array(select distinct l.queue_name from unnest(v_map.lanes) as l)) <> '{}'
  then
    perform private.draw_job_map(v_map);
    v_is_drawn := true;
  end if;
  return v_due > 0 or v_is_drawn;
end;
$$;
comment on function private.refresh_jobs(integer, boolean) is
  'Makes delayed jobs ready that are due, and draws the map of ready jobs when it is old or lacks a queue: from the '
  'last one, or anew, which finds what was changed by hand. One at a time; answers whether anything is different now.';

create function private.kick_waiting_jobs()
returns text
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  perform private.refresh_jobs();
  if exists (select from outbound.job_queue j where j.status = 'waiting' and j.limit_key is null)
    or exists (select from outbound.job_queue j where j.status = 'waiting' and j.limit_key is not null)
  then
    return private.kick_jobs();
  end if;
  return 'nothing waits';
end;
$$;
comment on function private.kick_waiting_jobs() is
  'Calls functions/jobs when there is something to do: what a lost wake-up, a delay that is over or a limit left.';
