-- The job queue: what became of a job.
--
-- Jobs are named by id and attempt, in two arrays. Whoever names an attempt that is over changes nothing and is told.

-- Not `status = 'active'`: with old statistics, or none, an index of the few active jobs looks cheaper than the key, and is
-- not. As of the dead ones.

create function outbound.extend_lease(p_ids uuid[], p_attempts integer[], p_lease interval default '60 seconds')
returns uuid[]
language plpgsql security definer
set search_path = ''
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_until timestamptz := private.clock() + p_lease;
  v_group record;
  v_extended uuid[];
  v_lost uuid[] := '{}';
begin
  for v_group in
    select m.attempt, array_agg(m.id) as ids from unnest(p_ids, p_attempts) as m (id, attempt) group by 1
  loop
    with extended as (
      update outbound.job_queue j
      set lease_expires_at = v_until
      where j.id = any(v_group.ids)
        and j.attempts = v_group.attempt
        and j.status is not distinct from 'active'
      returning j.id
    )
    select array_agg(e.id) into v_extended from extended e;
    v_lost := v_lost || array(select id from unnest(v_group.ids) as id where id <> all(coalesce(v_extended, '{}')));
  end loop;
  return v_lost;
end;
$$;
comment on function outbound.extend_lease(uuid[], integer[], interval) is
  'Asks for more time. Answers the jobs whose lease was lost: somebody else has them, so stop. Definer: '
  'job_worker has no right on the table.';

create function private.complete_attempts(p_ids uuid[], p_attempt integer)
returns uuid[]
language plpgsql
set search_path = ''
as $$
begin
  update outbound.job_queue j
  set status = 'completed', completed_at = private.clock(), lease_expires_at = null, last_error = null
  where j.id = any(p_ids)
    and j.attempts = p_attempt
    and j.status is not distinct from 'active';
  return array(
    select id from unnest(p_ids) as id
    except
    select j.id
    from outbound.job_queue j
    where j.id = any(p_ids)
      and j.attempts = p_attempt
      and j.status is not distinct from 'completed'
  );
end;
$$;
comment on function private.complete_attempts(uuid[], integer) is
  'Completes jobs that are at the same attempt; answers those that are not completed now.';

create function outbound.complete_jobs(p_ids uuid[], p_attempts integer[])
returns uuid[]
language plpgsql security definer
set search_path = ''
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := private.clock();
  v_attempt integer := p_attempts[1];
  v_count integer;
  v_lost uuid[] := '{}';
begin
  if v_attempt = all(p_attempts) then
    update outbound.job_queue j
    set status = 'completed', completed_at = v_now, lease_expires_at = null, last_error = null
    where j.id = any(p_ids)
      and j.attempts = v_attempt
      and j.status is not distinct from 'active';
    get diagnostics v_count = row_count;
    if v_count = cardinality(p_ids) then
      return v_lost;
    end if;
  end if;
  for v_attempt in select distinct a from unnest(p_attempts) as a loop
    v_lost := v_lost || private.complete_attempts(
      array(select m.id from unnest(p_ids, p_attempts) as m (id, attempt) where m.attempt = v_attempt), v_attempt
    );
  end loop;
  return v_lost;
end;
$$;
comment on function outbound.complete_jobs(uuid[], integer[]) is
  'The work is done. Answers the jobs that were not completed by it, as their lease was lost: their work is or will be '
  'done again. A repeated call is no error. Definer: job_worker has no right on the table.';

create function private.job_retry_at(p_attempt integer, p_retry_after interval)
returns timestamptz
language sql volatile
set search_path = ''
as $$
  select private.clock() + case
    when p_retry_after is not null
      then least(greatest(p_retry_after, interval '0'), interval '7 days') * (1 + 0.1 * random())
    else least(interval '5 seconds' * 2 ^ least(p_attempt, 20), interval '6 hours') * (0.8 + 0.4 * random())
  end
$$;
comment on function private.job_retry_at(integer, interval) is
  'When a failed job is tried again: 10 s after the first failure, doubling to 6 hours, 20 % jitter either way. A '
  'retry-after counts instead, and is never undercut.';

create function private.put_back_job(
  p_id uuid, p_attempt integer, p_run_at timestamptz, p_error text, p_forgive boolean
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_status outbound.job_status;
begin
  update outbound.job_queue j
  set status = case
        when p_run_at is null then 'failed'::outbound.job_status
        when p_run_at <= private.clock() then 'waiting'
        else 'delayed'
      end,
      scheduled_at = coalesce(p_run_at, j.scheduled_at),
      turn = nextval('private.job_turns_again'),
      last_error = coalesce(left(p_error, 2000), j.last_error),
      forgiven_attempts = j.forgiven_attempts + p_forgive::integer,
      lease_expires_at = null
  where j.id = p_id
    and j.attempts = p_attempt
    and j.status is not distinct from 'active'
  returning j.status into v_status;
  return case when v_status is null then 'lost' when v_status = 'failed' then 'dead' else v_status::text end;
exception when unique_violation then
  -- Another job came under its dedupe key while it ran, with a newer payload.
  update outbound.job_queue j
  set status = 'completed',
      completed_at = private.clock(),
      lease_expires_at = null,
      last_error = left('Superseded by a newer job with its dedupe key. ' || coalesce(p_error, ''), 2000)
  where j.id = p_id
    and j.attempts = p_attempt
    and j.status is not distinct from 'active';
  return 'superseded';
end;
$$;
comment on function private.put_back_job(uuid, integer, timestamptz, text, boolean) is
  'Ends an attempt that did not complete the job, which then runs at p_run_at; null: never. Answers waiting, delayed, '
  'dead, superseded or lost.';

create function outbound.fail_job(
  p_id uuid, p_attempt integer, p_error text, p_retry_after interval default null, p_give_up boolean default false
)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_job outbound.job_queue;
begin
  select j.* into v_job from outbound.job_queue j where j.id = p_id for update;
  return private.put_back_job(
    p_id, p_attempt,
    case
      when not p_give_up and v_job.attempts < v_job.max_attempts + v_job.forgiven_attempts
        then private.job_retry_at(v_job.attempts - v_job.forgiven_attempts, p_retry_after)
    end,
    p_error, false
  );
end;
$$;
comment on function outbound.fail_job(uuid, integer, text, interval, boolean) is
  'The attempt failed. Answers delayed or waiting (tried again with back-off, or after p_retry_after), dead (no '
  'attempts left, or p_give_up), superseded (a newer job with its dedupe key took its place) or lost (somebody '
  'else has it by now: nothing was changed). Definer: job_worker has no right on the table.';

create function outbound.hand_back_jobs(p_ids uuid[], p_attempts integer[])
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  select count(*) filter (where private.put_back_job(mine.id, mine.attempt, private.clock(), null, true) <> 'lost')
  into v_count
  from unnest(p_ids, p_attempts) as mine (id, attempt);
  if v_count > 0 then
    perform private.wake_workers();
  end if;
  return v_count;
end;
$$;
comment on function outbound.hand_back_jobs(uuid[], integer[]) is
  'A worker that must stop gives back what it has not finished: ready again at once, and the attempt does not count. '
  'Answers how many were still its own. Definer: job_worker has no right on the table.';

create function outbound.requeue_expired(p_limit integer default 500)
returns table (requeued integer, dead integer, has_more boolean)
language plpgsql security definer
set search_path = ''
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job record;
  v_outcome text;
begin
  requeued := 0;
  dead := 0;
  for v_job in
    select j.id, j.attempts, j.attempts >= j.max_attempts + j.forgiven_attempts as is_last, j.worker
    from outbound.job_queue j
    where j.status = 'active'
      and j.lease_expires_at < private.clock()
    order by j.lease_expires_at
    limit p_limit
    for update skip locked
  loop
    v_outcome := private.put_back_job(
      v_job.id, v_job.attempts, case when not v_job.is_last then private.clock() end,
      format('The worker %s did not finish within its lease.', v_job.worker), false
    );
    requeued := requeued + (v_outcome <> 'dead')::integer;
    dead := dead + (v_outcome = 'dead')::integer;
  end loop;
  has_more := requeued + dead >= p_limit;
  if requeued > 0 then
    perform private.wake_workers();
  end if;
  return next;
end;
$$;
comment on function outbound.requeue_expired(integer) is
  'Takes jobs from workers that did not finish within the lease: ready again at once, or dead when that was the last '
  'attempt. At most p_limit; has_more: call again. Definer: job_worker has no right on the table.';

create function outbound.retry_dead(p_ids uuid[])
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_count integer := 0;
begin
  foreach v_id in array p_ids loop
    begin
      update outbound.job_queue j
      set status = 'waiting',
          turn = nextval('private.job_turns_again'),
          scheduled_at = private.clock(),
          forgiven_attempts = j.attempts
      where j.id = v_id
        and j.status is not distinct from 'failed';
      v_count := v_count + found::integer;
    exception when unique_violation then
      null; -- a newer job waits under its dedupe key
    end;
  end loop;
  if v_count > 0 then
    perform private.wake_workers();
  end if;
  return v_count;
end;
$$;
comment on function outbound.retry_dead(uuid[]) is
  'Starts dead jobs anew, with all their attempts. Answers how many; others are not dead, or a newer job waits '
  'under their dedupe key. Definer: callers have no right to write the table.';

create function private.first_job_id(p_created_at timestamptz)
returns uuid
language plpgsql immutable
set search_path = ''
as $$
begin
  return rpad(
    encode(substring(int8send((extract(epoch from p_created_at) * 1000)::bigint) from 3), 'hex'), 32, '0'
  )::uuid;
end;
$$;
comment on function private.first_job_id(timestamptz) is 'Jobs enqueued before then have smaller ids.';

create function outbound.sweep_jobs(
  p_keep interval default '7 days', p_keep_dead interval default '90 days', p_limit integer default 5000
)
returns table (deleted integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
begin
  delete from outbound.job_queue q
  where q.id = any(array(
    select j.id
    from outbound.job_queue j
    where j.id < private.first_job_id(v_now - least(p_keep, p_keep_dead))
      and (
        (j.status = 'completed' and j.completed_at < v_now - p_keep)
        or (j.status = 'failed' and j.created_at < v_now - p_keep_dead)
      )
    order by j.id
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function outbound.sweep_jobs(interval, interval, integer) is
  'Deletes what was completed, or enqueued and died, so long ago; at most p_limit a call. Definer: nobody else deletes '
  'jobs.';

grant execute on function
  outbound.extend_lease(uuid[], integer[], interval),
  outbound.complete_jobs(uuid[], integer[]),
  outbound.fail_job(uuid, integer, text, interval, boolean),
  outbound.hand_back_jobs(uuid[], integer[]),
  outbound.requeue_expired(integer)
to job_worker;
