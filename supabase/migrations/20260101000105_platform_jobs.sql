-- The job queue: work that survives crashes, done by workers outside of the database.
--
-- A job is waiting (ready), delayed (not before scheduled_at), active (leased to a worker), completed, or failed (dead,
-- with the reason in last_error). It is started at least once; each start raises attempts, and only who holds the
-- present attempt may complete, fail or extend it. A worker that dies loses its jobs when their lease is over.
--
-- Among the ready jobs of a queue the lowest priority goes first, then the turn: jobs that were delayed before new
-- ones.
--
-- Here: the tables, and how work comes in. ..platform_job_map.sql knows where ready jobs are, ..platform_job_claims.sql
-- hands them out, ..platform_job_ends.sql takes note of what became of them.

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
-- No two jobs have one turn: there is nothing to deduplicate.
create index idx_job_queue_status on outbound.job_queue (queue_name, priority, turn) with (deduplicate_items = off)
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

create function private.kick_once_a_second()
returns void
language plpgsql
set search_path = ''
as $$
begin
  if not exists (
    select from private.job_kicks k where k.kicked_at > clock_timestamp() - interval '1 second'
  ) then
    perform private.kick_jobs();
  end if;
  perform set_config('millrace.jobs_kicked_at', date_part('epoch', max(k.kicked_at))::text, false)
  from private.job_kicks k;
end;
$$;
comment on function private.kick_once_a_second() is
  'Calls functions/jobs unless it was called within the last second; the session remembers when, and need not look '
  'again until then.';

create function private.wake_workers()
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if not pg_try_advisory_xact_lock(5432105) then
    return false;
  end if;
  if (
    nullif(current_setting('millrace.jobs_kicked_at', true), '')::float8 > date_part('epoch', clock_timestamp()) - 1
  ) is not true
  then
    perform private.kick_once_a_second();
  end if;
  return pg_notify('outbound_jobs', '') is not null;
end;
$$;
comment on function private.wake_workers() is
  'Wakes the workers that LISTEN to outbound_jobs, and functions/jobs. A NOTIFY makes commits queue up behind one '
  'lock, so one of the transactions that run now does it for all: who gets the advisory lock. A worker that missed its '
  'wake-up because of that looks every second anyway.';

-- Enqueueing -----------------------------------------------------------------------------------------------------

create function private.job_id(p_created_at timestamptz, p_turn bigint)
returns uuid
language plpgsql
set search_path = ''
as $$
begin
  return (
    lpad(to_hex((date_part('epoch', p_created_at) * 1000)::bigint), 12, '0') || '7000'
      || to_hex(p_turn + (1::bigint << 63))
  )::uuid;
end;
$$;
comment on function private.job_id(timestamptz, bigint) is
  'An id (a UUID of version 7) of a millisecond and a turn. Neighbours in time are neighbours in the index, which every '
  'start and end of a job touches; and the sweep finds the old ones by it. The turn is taken in the statement that '
  'writes the job: the map of ready jobs counts on a lock of the table before.';

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
    id, turn, queue_name, job_type, payload, status, scheduled_at, priority, max_attempts, dedupe_key, limit_key,
    created_at
  )
  select
    private.job_id(v_now, t.turn), t.turn, p_queue, p_type, p_payload,
    case when p_run_at > v_now then 'delayed'::outbound.job_status else 'waiting' end,
    coalesce(p_run_at, v_now), p_priority, p_max_attempts, p_dedupe_key,
    (
      select l.rate_limit || coalesce(':' || (p_payload ->> l.key_field), '')
      from outbound.job_limits l
      where l.job_type = p_type
    ),
    v_now
  from (select nextval('private.job_turns') as turn) as t
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
  v_is_later boolean := p_run_at is not null and p_run_at > private.clock();
  v_id uuid;
begin
  if p_dedupe_key is not null then
    v_id := private.enqueue_deduped_job(
      p_queue, p_type, p_payload, p_run_at, p_priority, p_max_attempts, p_dedupe_key
    );
  else
    -- Here and below a call costs more than what it does, so private.job_id is written out.
    insert into outbound.job_queue as q (
      id, turn, queue_name, job_type, payload, status, scheduled_at, priority, max_attempts, limit_key
    )
    select
      (
        lpad(to_hex((date_part('epoch', now()) * 1000)::bigint), 12, '0') || '7000'
          || to_hex(t.turn + (1::bigint << 63))
      )::uuid,
      t.turn, p_queue, p_type, p_payload,
      case when v_is_later then 'delayed'::outbound.job_status else 'waiting' end,
      coalesce(p_run_at, now()), p_priority, p_max_attempts,
      (
        select l.rate_limit || coalesce(':' || (p_payload ->> l.key_field), '')
        from outbound.job_limits l
        where l.job_type = p_type
      )
    from (select nextval('private.job_turns') as turn) as t
    returning q.id into v_id;
  end if;
  -- A condition is evaluated as it stands; perform would run a query for it. In a burst somebody else has the lock.
  if not v_is_later and pg_try_advisory_xact_lock(5432105) and private.wake_workers() then
    null;
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
  v_id text := left(private.job_id(v_now, 0)::text, 19);
  v_count integer;
  v_job record;
begin
  insert into outbound.job_queue (
    id, turn, queue_name, job_type, payload, status, scheduled_at, priority, max_attempts, limit_key, created_at
  )
  select
    (v_id || to_hex(j.turn + (1::bigint << 63)))::uuid, j.turn, j.queue, j.type, coalesce(j.payload, '{}'),
    case when j.run_at > v_now then 'delayed'::outbound.job_status else 'waiting' end,
    coalesce(j.run_at, v_now), coalesce(j.priority, 0), coalesce(j.max_attempts, 5),
    -- Most types have no limit: to hash those that have costs less than to look for each.
    case
      when j.type in (select l.job_type from outbound.job_limits l) then (
        select l.rate_limit || coalesce(':' || (j.payload ->> l.key_field), '')
        from outbound.job_limits l
        where l.job_type = j.type
      )
    end,
    v_now
  from (
    select nextval('private.job_turns') as turn, r.*
    from jsonb_to_recordset(p_jobs) as r (
      queue text, type text, payload jsonb, run_at timestamptz, priority integer, max_attempts integer, dedupe_key text
    )
    where r.dedupe_key is null
  ) as j;
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
  if v_count > 0 and pg_try_advisory_xact_lock(5432105) and private.wake_workers() then
    null;
  end if;
  return v_count;
end;
$$;
comment on function outbound.enqueue_jobs(jsonb) is
  'outbound.enqueue_job for many: [{queue, type, payload, run_at, priority, max_attempts, dedupe_key}]. Answers '
  'how many jobs there are now for them; of several with one dedupe key the last one counts. Definer: callers '
  'need no right on the table.';

grant execute on function
  outbound.enqueue_job(text, text, jsonb, timestamptz, integer, integer, text), outbound.enqueue_jobs(jsonb)
to job_worker;
