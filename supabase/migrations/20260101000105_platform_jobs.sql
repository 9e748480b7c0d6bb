-- The job queue: work that survives crashes, done by workers outside of the database.
--
-- A job is waiting (ready), delayed (not before scheduled_at), active (leased to a worker), completed, or failed (dead,
-- with the reason in last_error). It is started at least once; each start raises attempts, and only who holds the
-- present attempt may complete, fail or extend it. A worker that dies loses its jobs when their lease is over.
--
-- Among the ready jobs of a queue the lowest priority goes first, then the turn: jobs that were delayed before new
-- ones.

create type outbound.job_status as enum ('waiting', 'active', 'completed', 'failed', 'delayed');

create sequence private.job_turns;
create sequence private.job_turns_again minvalue -9000000000000000000 start -9000000000000000000 maxvalue -1;

-- What every start and end of a job reads stands before the first column of varying length: found without counting.
create table outbound.job_queue (
  id uuid primary key default gen_random_uuid(),
  turn bigint not null default nextval('private.job_turns'),
  created_at timestamptz default now(),
  scheduled_at timestamptz default now(),
  status outbound.job_status default 'waiting',
  priority integer default 0,
  attempts integer default 0,
  max_attempts integer default 5,
  forgiven_attempts integer not null default 0,
  started_at timestamptz,
  completed_at timestamptz,
  lease_expires_at timestamptz,
  queue_name varchar(100) not null,
  job_type varchar(100) not null,
  worker text,
  limit_key text,
  dedupe_key text,
  payload jsonb not null,
  last_error text
)
with (
  fillfactor = 75,
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);
create index idx_job_queue_status on outbound.job_queue (queue_name, priority, turn)
where status = 'waiting' and limit_key is null;
create index idx_job_queue_scheduled on outbound.job_queue (status, scheduled_at) where status in ('delayed', 'failed');
create index job_queue_lease_expires_at_idx on outbound.job_queue (lease_expires_at) where status = 'active';
-- For the list of dead jobs: behind a policy the comparison of an enum is no index condition, a predicate is.
create index job_queue_dead_idx on outbound.job_queue (scheduled_at) where status = 'failed';
create index job_queue_limit_key_idx on outbound.job_queue (limit_key, status, priority, turn)
where limit_key is not null and status in ('waiting', 'active');
create unique index job_queue_dedupe_key_key on outbound.job_queue (queue_name, dedupe_key)
where dedupe_key is not null and status in ('waiting', 'delayed');

comment on table outbound.job_queue is
  'Work for the workers (functions/jobs, npm run worker). Written through outbound.enqueue_job and its '
  'siblings. failed is dead: outbound.retry_dead starts it anew.';
comment on column outbound.job_queue.attempts is
  'How often it was started. Never lowered: it is what a worker shows to prove that the job is still its own.';
comment on column outbound.job_queue.forgiven_attempts is
  'Of attempts, those that do not count against max_attempts: given back by a worker that had to stop, or made '
  'before a person had a dead job tried again.';
comment on column outbound.job_queue.turn is
  'Place among the ready jobs of its priority. Negative: it was delayed before, and goes before new ones.';
comment on column outbound.job_queue.dedupe_key is
  'One waiting or delayed job of a queue for each key; another enqueue replaces its payload.';
comment on column outbound.job_queue.limit_key is
  'Which allowance of outbound.rate_limits it needs to be started, and of whom (`slack:C024BE91L`); null: none.';
comment on column outbound.job_queue.lease_expires_at is
  'Until then the worker must have finished or asked for more time.';

select private.apply_agency_policies('outbound.job_queue', 'none');
revoke insert, update, delete, truncate on outbound.job_queue from service_role;

-- Limits ---------------------------------------------------------------------------------------------------------

create table outbound.rate_limits (
  name text primary key,
  amount integer not null default 1,
  per interval not null,
  burst integer not null default 1,
  concurrency integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint allowance_is_positive check (
    amount > 0 and per > interval '0' and burst > 0 and coalesce(concurrency, 1) > 0
  )
);
comment on table outbound.rate_limits is
  'What a provider allows: so many starts per interval, so many at once after a pause, so many running together. A row '
  'named `<name>:<key>` holds for that key alone.';
create trigger _100_touch_updated_at before update on outbound.rate_limits
for each row execute function extensions.moddatetime(updated_at);

create table outbound.job_limits (
  job_type varchar(100) primary key,
  rate_limit text not null references outbound.rate_limits (name) on update cascade,
  key_field text
);
create index job_limits_rate_limit_idx on outbound.job_limits (rate_limit);
comment on table outbound.job_limits is
  'Which jobs need which allowance. key_field: each value of this payload field has an allowance of its own.';

create table private.rate_buckets (
  limit_key text primary key,
  tokens double precision not null,
  filled_at timestamptz not null
)
with (fillfactor = 50);
comment on table private.rate_buckets is 'What is left of each allowance.';

select private.apply_agency_policies('outbound.rate_limits', 'staff');
select private.apply_agency_policies('outbound.job_limits', 'staff');
alter table private.rate_buckets enable row level security;

insert into outbound.rate_limits (name, amount, per, burst, concurrency)
values
  ('porkbun', 1, '10 seconds', 1, 1),
  ('slack', 1, '1 second', 1, 1);

-- Waking ---------------------------------------------------------------------------------------------------------

create table private.job_kicks (
  kicked_at timestamptz primary key default clock_timestamp()
);
comment on table private.job_kicks is
  'When functions/jobs was last called. Only the newest row counts: one that is updated would get slow while an old '
  'snapshot keeps its versions.';
alter table private.job_kicks enable row level security;

create function private.kick_jobs()
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_url text;
  v_secret text;
begin
  delete from private.job_kicks k where k.kicked_at < clock_timestamp() - interval '1 minute';
  insert into private.job_kicks default values on conflict do nothing;
  begin
    select s.decrypted_secret into v_url from vault.decrypted_secrets s where s.name = 'jobs_url';
    select s.decrypted_secret into v_secret from vault.decrypted_secrets s where s.name = 'jobs_secret';
    if coalesce(v_url, '') = '' or coalesce(v_secret, '') = '' then
      return 'not set up';
    end if;
    perform net.http_post(
      url := v_url,
      headers := jsonb_build_object('Authorization', 'Bearer ' || v_secret, 'Content-Type', 'application/json'),
      timeout_milliseconds := 5000
    );
    return 'kicked';
  exception when others then
    raise warning 'functions/jobs was not called: %', sqlerrm;
    return 'failed';
  end;
end;
$$;
comment on function private.kick_jobs() is
  'Has pg_net call functions/jobs after the commit. URL and secret are the vault''s jobs_url and jobs_secret; without '
  'them nothing happens, and no failure reaches who enqueues. Definer: nobody else reads the vault.';

create function private.wake_workers()
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform pg_notify('outbound_jobs', '');
  if not exists (
    select from private.job_kicks k where k.kicked_at > clock_timestamp() - interval '1 second'
  ) then
    perform private.kick_jobs();
  end if;
end;
$$;
comment on function private.wake_workers() is
  'Wakes the workers that LISTEN to outbound_jobs, and functions/jobs. A NOTIFY makes commits queue up behind '
  'one lock, so callers first ask pg_try_advisory_xact_lock(5432105): one of the transactions that run now does '
  'it for all. A worker that missed its wake-up because of that looks every second anyway.';

-- Enqueueing -----------------------------------------------------------------------------------------------------

create function private.job_id(p_created_at timestamptz)
returns uuid
language plpgsql
set search_path = ''
as $$
begin
  return encode(
    overlay(
      uuid_send(gen_random_uuid())
      placing substring(int8send((extract(epoch from p_created_at) * 1000)::bigint) from 3) from 1 for 6
    ),
    'hex'
  )::uuid;
end;
$$;
comment on function private.job_id(timestamptz) is
  'An id that begins with its millisecond. Neighbours in time are neighbours in the index, which every start '
  'and end of a job touches; and the sweep finds the old ones by it.';

create function private.enqueue_deduped_job(
  p_queue text, p_type text, p_payload jsonb, p_run_at timestamptz, p_priority integer, p_max_attempts integer,
  p_dedupe_key text
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_id uuid;
begin
  insert into outbound.job_queue as q (
    id, queue_name, job_type, payload, status, scheduled_at, priority, max_attempts, dedupe_key, limit_key, created_at
  )
  values (
    private.job_id(v_now), p_queue, p_type, p_payload,
    case when p_run_at > v_now then 'delayed'::outbound.job_status else 'waiting' end,
    coalesce(p_run_at, v_now), p_priority, p_max_attempts, p_dedupe_key,
    (
      select l.rate_limit || coalesce(':' || (p_payload ->> l.key_field), '')
      from outbound.job_limits l
      where l.job_type = p_type
    ),
    v_now
  )
  on conflict (queue_name, dedupe_key) where dedupe_key is not null and status in ('waiting', 'delayed')
  do update
  set job_type = excluded.job_type,
      payload = excluded.payload,
      limit_key = excluded.limit_key,
      max_attempts = excluded.max_attempts,
      -- Never later and never less urgent than was asked for before: a stream of repeats would put it off for ever.
      status = case when q.status = 'delayed' then excluded.status else q.status end,
      turn = case
        when q.status = 'delayed' or q.priority > excluded.priority then nextval('private.job_turns_again')
        else q.turn
      end,
      scheduled_at = least(q.scheduled_at, excluded.scheduled_at),
      priority = least(q.priority, excluded.priority)
  returning q.id into v_id;
  return v_id;
end;
$$;
comment on function private.enqueue_deduped_job(text, text, jsonb, timestamptz, integer, integer, text) is
  'Enqueues a job, or gives the one that waits under its key the new payload.';

create function outbound.enqueue_job(
  p_queue text,
  p_type text,
  p_payload jsonb default '{}',
  p_run_at timestamptz default null,
  p_priority integer default 0,
  p_max_attempts integer default 5,
  p_dedupe_key text default null
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_id uuid;
begin
  if p_dedupe_key is not null then
    v_id := private.enqueue_deduped_job(
      p_queue, p_type, p_payload, p_run_at, p_priority, p_max_attempts, p_dedupe_key
    );
  else
    insert into outbound.job_queue (
      id, queue_name, job_type, payload, status, scheduled_at, priority, max_attempts, limit_key, created_at
    )
    values (
      private.job_id(v_now), p_queue, p_type, p_payload,
      case when p_run_at > v_now then 'delayed'::outbound.job_status else 'waiting' end,
      coalesce(p_run_at, v_now), p_priority, p_max_attempts,
      (
        select l.rate_limit || coalesce(':' || (p_payload ->> l.key_field), '')
        from outbound.job_limits l
        where l.job_type = p_type
      ),
      v_now
    )
    returning id into v_id;
  end if;
  if (p_run_at > v_now) is not true and pg_try_advisory_xact_lock(5432105) then
    perform private.wake_workers();
  end if;
  return v_id;
end;
$$;
comment on function outbound.enqueue_job(text, text, jsonb, timestamptz, integer, integer, text) is
  'Puts a job into a queue, in the transaction of what it is about, and answers its id. p_run_at: not before then. '
  'p_priority: lower goes first. p_dedupe_key: a job that still waits under this key gets this payload instead. '
  'Definer: callers need no right on the table.';

create function outbound.enqueue_jobs(p_jobs jsonb)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  -- One id for the batch, of which each job replaces the end by its turn: a random one for each costs a third more.
  v_id bytea := uuid_send(private.job_id(v_now));
  v_count integer;
  v_job record;
begin
  insert into outbound.job_queue (
    id, turn, queue_name, job_type, payload, status, scheduled_at, priority, max_attempts, limit_key, created_at
  )
  select
    encode(overlay(v_id placing substring(int8send(j.turn) from 3) from 11 for 6), 'hex')::uuid,
    j.turn, j.queue, j.type, coalesce(j.payload, '{}'),
    case when j.run_at > v_now then 'delayed'::outbound.job_status else 'waiting' end,
    coalesce(j.run_at, v_now), coalesce(j.priority, 0), coalesce(j.max_attempts, 5),
    l.rate_limit || coalesce(':' || (j.payload ->> l.key_field), ''), v_now
  from (
    select nextval('private.job_turns') as turn, r.*
    from jsonb_to_recordset(p_jobs) as r (
      queue text, type text, payload jsonb, run_at timestamptz, priority integer, max_attempts integer, dedupe_key text
    )
    where r.dedupe_key is null
  ) as j
  left join outbound.job_limits l on l.job_type = j.type;
  get diagnostics v_count = row_count;

  if v_count < jsonb_array_length(p_jobs) then
    -- The last one of each key, in the order of keys: two batches must not wait for each other.
    for v_job in
      select distinct on (d.item ->> 'queue', d.item ->> 'dedupe_key') d.item
      from jsonb_array_elements(p_jobs) with ordinality as d (item, n)
      where d.item ->> 'dedupe_key' is not null
      order by d.item ->> 'queue', d.item ->> 'dedupe_key', d.n desc
    loop
      perform private.enqueue_deduped_job(
        v_job.item ->> 'queue', v_job.item ->> 'type', coalesce(v_job.item -> 'payload', '{}'),
        (v_job.item ->> 'run_at')::timestamptz, coalesce((v_job.item ->> 'priority')::integer, 0),
        coalesce((v_job.item ->> 'max_attempts')::integer, 5), v_job.item ->> 'dedupe_key'
      );
      v_count := v_count + 1;
    end loop;
  end if;
  if v_count > 0 and pg_try_advisory_xact_lock(5432105) then
    perform private.wake_workers();
  end if;
  return v_count;
end;
$$;
comment on function outbound.enqueue_jobs(jsonb) is
  'outbound.enqueue_job for many: [{queue, type, payload, run_at, priority, max_attempts, dedupe_key}]. Answers '
  'how many jobs there are now for them; of several with one dedupe key the last one counts. Definer: callers '
  'need no right on the table.';

-- Where ready jobs are -------------------------------------------------------------------------------------------
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
      and l.mode not in ('AccessShareLock', 'RowShareLock')
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

-- Claiming -------------------------------------------------------------------------------------------------------

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
      from outbound.job_queue j
      where j.status = 'active'
        and j.limit_key = p_limit_key
    ));
  end if;
  return next;
end;
$$;
comment on function private.allowance_of(text, timestamptz) is
  'What is left for a key, and how many of its jobs may be started now. Holds the key until the transaction ends, so '
  'that the running jobs are counted right; no row: somebody else holds it.';

create function private.lock_limited_jobs(p_queue text, p_most integer)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_key text := '';
  v_left record;
  v_ids uuid[];
  v_all uuid[] := '{}';
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
    v_ids := array(
      select j.id
      from outbound.job_queue j
      where j.status = 'waiting'
        and j.limit_key = v_key
        and (p_queue is null or j.queue_name = p_queue)
      order by j.priority, j.turn
      limit least(v_left.free, p_most - cardinality(v_all))
      for update skip locked
    );
    continue when v_ids = '{}';
    update private.rate_buckets b
    set tokens = v_left.tokens - cardinality(v_ids), filled_at = v_now
    where b.limit_key = v_key;
    v_all := v_all || v_ids;
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

create function private.lock_ready_jobs(
  p_queue text, p_most integer, out ids uuid[], out map_made_at timestamptz, out has_limited boolean
)
returns record
language plpgsql
set search_path = ''
as $$
begin
  select
    array(
      select ready.id
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
        select between_lanes.id
        from (
          select j.id
          from outbound.job_queue j
          where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
            and j.priority > l.after_priority and j.priority < l.priority
          order by j.priority, j.turn
          limit p_most
          for update skip locked
        ) as between_lanes
        union all
        select again.id
        from (
          select j.id
          from outbound.job_queue j
          where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
            and j.priority = l.priority and j.turn >= l.again_from and j.turn < 0
          order by j.turn
          limit p_most
          for update skip locked
        ) as again
        union all
        select fresh.id
        from (
          select j.id
          from outbound.job_queue j
          where j.status = 'waiting' and j.limit_key is null and j.queue_name = l.queue_name
            and j.priority = l.priority and j.turn >= l.new_from
          order by j.turn
          limit p_most
          for update skip locked
        ) as fresh
      ) as ready
      limit p_most
    ),
    m.made_at,
    exists (select from outbound.job_queue j where j.status = 'waiting' and j.limit_key is not null)
  into ids, map_made_at, has_limited
  from private.job_maps m
  order by m.version desc
  limit 1;
end;
$$;
comment on function private.lock_ready_jobs(text, integer) is
  'Locks the next jobs of a queue, or of all queues, that need no allowance.';

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
  v_ready record := private.lock_ready_jobs(p_queue, p_batch);
  v_ids uuid[] := v_ready.ids;
begin
  if v_ids = '{}' or v_ready.map_made_at < clock_timestamp() - interval '200 milliseconds' then
    if private.refresh_jobs() and v_ids = '{}' then
      v_ready := private.lock_ready_jobs(p_queue, p_batch);
      v_ids := v_ready.ids;
    end if;
  end if;
  if v_ready.has_limited then
    -- They come first, as there are few that may: a long queue of others would leave them no place.
    v_ids := (private.lock_limited_jobs(p_queue, p_batch) || v_ids)[1:p_batch];
  end if;
  return query
  with claimed as (
    update outbound.job_queue j
    set status = 'active',
        attempts = j.attempts + 1,
        started_at = v_now,
        worker = p_worker,
        lease_expires_at = v_now + p_lease
    where j.id = any(v_ids)
    returning
      j.id, j.job_type::text, j.payload, j.attempts, j.max_attempts + j.forgiven_attempts as most, j.priority, j.turn
  )
  select c.id, c.job_type, c.payload, c.attempts, c.most from claimed c order by c.priority, c.turn;
end;
$$;
comment on function outbound.claim_jobs(text, text, integer, interval) is
  'Leases the next ready jobs of a queue (null: of every queue) to a worker, at most p_batch, first come first. '
  'Each must be completed, failed, given back or extended with its attempt before the lease is over. Definer: '
  'job_worker has no right on the table.';

-- What became of a job -------------------------------------------------------------------------------------------
-- Jobs are named by id and attempt, in two arrays. Whoever names an attempt that is over changes nothing and is told.

-- Not `status = 'active'`: with old statistics an index of the few active jobs looks cheaper than the key, and is not.

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
declare
  v_now timestamptz := private.clock();
  v_count integer;
begin
  update outbound.job_queue j
  set status = 'completed', completed_at = v_now, lease_expires_at = null, last_error = null
  where j.id = any(p_ids)
    and j.attempts = p_attempt
    and j.status is not distinct from 'active';
  get diagnostics v_count = row_count;
  if v_count = cardinality(p_ids) then
    return '{}';
  end if;
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
  'Completes jobs that are at the same attempt; answers those that were not completed.';

create function outbound.complete_jobs(p_ids uuid[], p_attempts integer[])
returns uuid[]
language plpgsql security definer
set search_path = ''
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_attempt integer;
  v_lost uuid[] := '{}';
begin
  if p_attempts[1] = all(p_attempts) then
    return private.complete_attempts(p_ids, p_attempts[1]);
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
    and j.status = 'active'
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
    and j.status = 'active';
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
  if v_count > 0 and pg_try_advisory_xact_lock(5432105) then
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
  if requeued > 0 and pg_try_advisory_xact_lock(5432105) then
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
        and j.status = 'failed';
      v_count := v_count + found::integer;
    exception when unique_violation then
      null; -- a newer job waits under its dedupe key
    end;
  end loop;
  if v_count > 0 and pg_try_advisory_xact_lock(5432105) then
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
  outbound.enqueue_job(text, text, jsonb, timestamptz, integer, integer, text),
  outbound.enqueue_jobs(jsonb),
  outbound.claim_jobs(text, text, integer, interval),
  outbound.extend_lease(uuid[], integer[], interval),
  outbound.complete_jobs(uuid[], integer[]),
  outbound.fail_job(uuid, integer, text, interval, boolean),
  outbound.hand_back_jobs(uuid[], integer[]),
  outbound.requeue_expired(integer)
to job_worker;
