-- The job queue: workers lease ready jobs, as many of each kind as its provider allows.

create function private.allowance_of(p_limit_key text, p_now timestamptz)
returns table (tokens double precision, free integer)
language plpgsql
set search_path = ''
as $$
declare
  v_limit outbound.rate_limits;
begin
  select l.* into v_limit
  from outbound.rate_limits l
  where l.name in (p_limit_key, split_part(p_limit_key, ':', 1))
  order by length(l.name) desc
  limit 1;
  if not found then
    v_limit := row(p_limit_key, 1000000, interval '1 second', 1000000, null, p_now, p_now)::outbound.rate_limits;
  end if;
  insert into private.rate_buckets (limit_key, tokens, filled_at)
  values (p_limit_key, v_limit.burst, p_now)
  on conflict do nothing;
  select least(
    v_limit.burst,
    b.tokens + greatest(extract(epoch from p_now - b.filled_at), 0) * v_limit.amount / extract(epoch from v_limit.per)
  )
  into tokens
  from private.rate_buckets b
  where b.limit_key = p_limit_key
  for update skip locked;
  if not found then
    return;
  end if;
  free := floor(tokens + 1e-6);
  if v_limit.concurrency is not null then
    free := least(free, v_limit.concurrency - (
      select count(*)
      from (
        -- In the order of the index of keys: that of all active jobs looks as cheap.
        select
        from outbound.job_queue j
        where j.status = 'active'
          and j.limit_key = p_limit_key
        order by j.limit_key, j.status, j.priority, j.turn
        limit v_limit.concurrency
      ) as running
    ));
  end if;
  return next;
end;
$$;
comment on function private.allowance_of(text, timestamptz) is
  'What is left for a key, and how many of its jobs may be started now. Holds the key until the transaction ends, so '
  'that the running jobs are counted right; no row: somebody else holds it.';

create function private.lock_limited_jobs(p_queue text, p_most integer)
returns tid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_key text := '';
  v_left record;
  v_rows tid[];
  v_all tid[] := '{}';
begin
  loop
    select j.limit_key into v_key
    from outbound.job_queue j
    where j.status = 'waiting'
      and j.limit_key is not null
      and j.limit_key > v_key
    order by j.limit_key
    limit 1;
    exit when not found or cardinality(v_all) >= p_most;
    select a.* into v_left from private.allowance_of(v_key, v_now) as a;
    continue when coalesce(v_left.free, 0) <= 0;
    v_rows := array(
      select j.ctid
      from outbound.job_queue j
      where j.status = 'waiting'
        and j.limit_key = v_key
        and (p_queue is null or j.queue_name = p_queue)
      order by j.priority, j.turn
      limit least(v_left.free, p_most - cardinality(v_all))
      for update skip locked
    );
    continue when v_rows = '{}';
    update private.rate_buckets b
    set tokens = v_left.tokens - cardinality(v_rows), filled_at = v_now
    where b.limit_key = v_key;
    v_all := v_all || v_rows;
  end loop;
  return v_all;
end;
$$;
comment on function private.lock_limited_jobs(text, integer) is
  'Locks ready jobs that need an allowance, as many as their allowances let start now.';

create function outbound.limited_wait()
returns double precision
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_key text := '';
  v_wait double precision;
begin
  loop
    select j.limit_key into v_key
    from outbound.job_queue j
    where j.status = 'waiting'
      and j.limit_key is not null
      and j.limit_key > v_key
    order by j.limit_key
    limit 1;
    exit when not found;
    v_wait := least(v_wait, coalesce((
      select greatest(
        (1 - b.tokens) * extract(epoch from l.per) / l.amount - extract(epoch from private.clock() - b.filled_at), 0
      )
      from private.rate_buckets b
      join outbound.rate_limits l on l.name in (b.limit_key, split_part(b.limit_key, ':', 1))
      where b.limit_key = v_key
      order by length(l.name) desc
      limit 1
    ), 0));
  end loop;
  return v_wait;
end;
$$;
comment on function outbound.limited_wait() is
  'Seconds until an allowance lets the next job start; null: no job waits for one. Definer: job_worker has no right on '
  'the table.';
grant execute on function outbound.limited_wait() to job_worker;

create function private.lock_mapped_jobs(p_queue text, p_most integer)
returns tid[]
language plpgsql
set search_path = ''
as $$
begin
  return (
    select array(
      select ready.ctid
      from (
        select l.*
        from unnest(
          m.lanes || case when p_queue <> all(array(select k.queue_name from unnest(m.lanes) as k)) then
            private.whole_queue(p_queue)
          end
        ) with ordinality as l (queue_name, after_priority, priority, again_from, new_from, n)
        where p_queue is null or l.queue_name = p_queue
        -- Queues in another order each time, so that a long one does not keep the others waiting.
        order by case when p_queue is null then hashtext(l.queue_name || clock_timestamp()) end, l.n
      ) as l
      cross join lateral (
        select between_lanes.ctid
        from (
          select j.ctid
          from outbound.job_queue j
          where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
            and j.priority > l.after_priority and j.priority < l.priority
          order by j.priority, j.turn
          limit p_most
          for update skip locked
        ) as between_lanes
        union all
        select again.ctid
        from (
          select j.ctid
          from outbound.job_queue j
          where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
            and j.priority = l.priority and j.turn >= l.again_from and j.turn < 0
          order by j.turn
          limit p_most
          for update skip locked
        ) as again
        union all
        select fresh.ctid
        from (
          select j.ctid
          from outbound.job_queue j
          where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
            and j.priority = l.priority and j.turn >= l.new_from
          order by j.turn
          limit p_most
          for update skip locked
        ) as fresh
      ) as ready
      limit p_most
    )
    from private.job_maps m
    order by m.version desc
    limit 1
  );
end;
$$;
comment on function private.lock_mapped_jobs(text, integer) is
  'Locks the next jobs of a queue, or of all queues, that need no allowance, where the map says that they may be.';

create function private.lock_ready_jobs(p_queue text, p_most integer)
returns tid[]
language plpgsql
set search_path = ''
as $$
declare
  v_looked_at timestamptz := nullif(current_setting('millrace.jobs_looked_at', true), '');
  v_by_map_until timestamptz := nullif(current_setting('millrace.jobs_by_map_until', true), '');
  v_rows tid[] := coalesce(private.lock_mapped_jobs(p_queue, p_most), '{}');
  v_limited tid[] := '{}';
begin
  if v_rows = '{}' or (v_looked_at > clock_timestamp() - interval '200 milliseconds') is not true then
    perform set_config('millrace.jobs_looked_at', clock_timestamp()::text, false);
    if private.refresh_jobs() and v_rows = '{}' then
      v_rows := private.lock_mapped_jobs(p_queue, p_most);
    end if;
  end if;
  if exists (select from outbound.job_queue j where j.status = 'waiting' and j.limit_key is not null) then
    v_limited := private.lock_limited_jobs(p_queue, p_most);
  end if;
  perform set_config(
    'millrace.jobs_at_front_until',
    case when v_limited = '{}' and (v_by_map_until > clock_timestamp()) is not true
      then (clock_timestamp() + interval '200 milliseconds')::text
      else ''
    end,
    false
  );
  -- The limited ones come first, as there are few that may: a long queue of others would leave them no place.
  return (v_limited || v_rows)[1:p_most];
end;
$$;
comment on function private.lock_ready_jobs(text, integer) is
  'Locks the next jobs, also those that need an allowance, and makes delayed ones ready. Then lets the session take from '
  'the front of a queue, without all this, for 200 ms, unless there were some that need an allowance or the front is '
  'full of dead entries.';

create function outbound.claim_jobs(
  p_queue text, p_worker text, p_batch integer default 1, p_lease interval default '60 seconds'
)
returns table (id uuid, job_type text, payload jsonb, attempt integer, max_attempts integer)
language plpgsql security definer
set search_path = ''
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now timestamptz := private.clock();
  v_blocks bigint := pg_stat_get_xact_blocks_fetched('outbound.job_queue'::regclass);
  v_rows tid[]; -- null: those at the front of the queue
begin
  if p_queue is null
    or (nullif(current_setting('millrace.jobs_at_front_until', true), '')::timestamptz > clock_timestamp()) is not true
  then
    v_rows := private.lock_ready_jobs(p_queue, p_batch);
  end if;
  loop
    -- By place: a locked row keeps it. A job that is being changed right now is left to the next claim.
    return query
    with claimed as (
      update outbound.job_queue j
      set status = 'active',
          attempts = j.attempts + 1,
          started_at = v_now,
          worker = p_worker,
          lease_expires_at = v_now + p_lease
      where j.ctid = any(coalesce(v_rows, array(
        select f.ctid
        from outbound.job_queue f
        where f.status = 'waiting' and f.limit_key is null and f.queue_name = p_queue
        order by f.priority, f.turn
        limit p_batch
        for update skip locked
      )))
      returning
        j.id, j.job_type::text, j.payload, j.attempts, j.max_attempts + j.forgiven_attempts as most, j.priority, j.turn
    )
    select c.id, c.job_type, c.payload, c.attempts, c.most from claimed c order by c.priority, c.turn;
    exit when found or v_rows is not null;
    v_rows := private.lock_ready_jobs(p_queue, p_batch);
  end loop;
  if v_rows is null then
    v_blocks := pg_stat_get_xact_blocks_fetched('outbound.job_queue'::regclass) - v_blocks;
    if v_blocks > 100 + 10 * p_batch then
      perform set_config('millrace.jobs_at_front_until', '', false),
        set_config('millrace.jobs_by_map_until', (clock_timestamp() + v_blocks * interval '10 ms')::text, false);
    end if;
  end if;
end;
$$;
comment on function outbound.claim_jobs(text, text, integer, interval) is
  'Leases the next ready jobs of a queue (null: of every queue) to a worker, at most p_batch, first come first. '
  'Each must be completed, failed, given back or extended with its attempt before the lease is over. Definer: '
  'job_worker has no right on the table.';
grant execute on function outbound.claim_jobs(text, text, integer, interval) to job_worker;
