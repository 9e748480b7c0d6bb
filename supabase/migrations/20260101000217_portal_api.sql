-- What the HTTP API asks of the database beside the tables: who calls and how often, whether a request was made before,
-- rows of one person, and the verbs.
--
-- Each request is one transaction of api_gateway. Under its own name it may execute the functions of the first two
-- parts; then it becomes `authenticated` with the caller's claims, and row-level security decides.

-- Rate limits ----------------------------------------------------------------------------------------------------

-- Unlogged: written by every request, and after a crash every bucket may be full again.
create unlogged table private.api_buckets (
  caller text primary key,
  tokens double precision not null,
  allowed boolean not null,
  refilled_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
comment on table private.api_buckets is
  'The token bucket of each caller of the API. allowed: what its last request was told.';
alter table private.api_buckets enable row level security;

create function integrations.take_api_token(p_caller text, p_per_minute integer)
returns table (allowed boolean, remaining integer, retry_after integer)
language plpgsql security definer
set search_path = ''
set synchronous_commit = off
as $$
declare
  v_now timestamptz := private.clock();
  v_bucket private.api_buckets;
begin
  insert into private.api_buckets as b (caller, tokens, allowed, refilled_at)
  values (p_caller, p_per_minute - 1, true, v_now)
  on conflict (caller) do update
  set (tokens, allowed, refilled_at) = (
    select now.tokens - (now.tokens >= 1)::integer, now.tokens >= 1, greatest(v_now, b.refilled_at)
    from (
      select least(
        p_per_minute,
        b.tokens + greatest(extract(epoch from v_now - b.refilled_at), 0) * p_per_minute / 60
      ) as tokens
    ) as now
  )
  returning * into v_bucket;
  allowed := v_bucket.allowed;
  remaining := floor(v_bucket.tokens)::integer;
  retry_after := case
    when allowed then 0
    else ceil(round(((1 - v_bucket.tokens) * 60 / p_per_minute)::numeric, 3))::integer
  end;
  return next;
end;
$$;
comment on function integrations.take_api_token(text, integer) is
  'Takes one request from a caller''s bucket, which holds p_per_minute and is refilled evenly. Not allowed: come back '
  'in retry_after seconds. Called in a transaction of its own, as the row is locked until its end. Definer: nobody '
  'may touch the buckets.';

-- Idempotency ----------------------------------------------------------------------------------------------------

create table private.api_idempotency (
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status smallint,
  headers jsonb,
  body text,
  created_at timestamptz not null default now(),
  primary key (caller, key),
  constraint key_is_short check (length(key) between 1 and 200),
  constraint answer_has_a_status check (status is not null or body is null)
);
create index api_idempotency_created_at_idx on private.api_idempotency (created_at);
comment on table private.api_idempotency is
  'Answers to writes that came with an Idempotency-Key, for 24 hours. Written in the transaction of the write itself: '
  'there is a row exactly if the write was committed.';
comment on column private.api_idempotency.request_hash is
  'SHA-256 of method, path and body: the same key with another request is a mistake of the caller.';
comment on column private.api_idempotency.body is
  'Null when the answer held a secret that is shown once.';
alter table private.api_idempotency enable row level security;

create function integrations.claim_api_request(p_caller text, p_key text, p_request_hash bytea)
returns table (outcome text, status smallint, headers jsonb, body text)
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Waits for a request under the same key that is still running.
  insert into private.api_idempotency as i (caller, key, request_hash, created_at)
  values (p_caller, p_key, p_request_hash, private.clock())
  on conflict (caller, key) do update
  set request_hash = excluded.request_hash, status = null, headers = null, body = null, created_at = excluded.created_at
  where i.created_at < private.clock() - interval '24 hours';
  if found then
    outcome := 'new';
    return next;
    return;
  end if;
  return query
  select case when i.request_hash = p_request_hash then 'replay' else 'mismatch' end, i.status, i.headers, i.body
  from private.api_idempotency i
  where i.caller = p_caller
    and i.key = p_key;
end;
$$;
comment on function integrations.claim_api_request(text, text, bytea) is
  'new: go on and call keep_api_answer before the commit. replay: this was done, the answer is here (body null: it was '
  'shown once). mismatch: the key was used for another request. No row: try again. Definer: nobody may read the '
  'answers.';

create function integrations.keep_api_answer(p_caller text, p_key text, p_status integer, p_headers jsonb, p_body text)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  update private.api_idempotency i
  set status = p_status, headers = p_headers, body = p_body
  where i.caller = p_caller
    and i.key = p_key;
end;
$$;
comment on function integrations.keep_api_answer(text, text, integer, jsonb, text) is
  'Stores the answer to a request that claim_api_request called new. Definer: nobody may write the answers.';

create function private.sweep_api_requests(p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  delete from private.api_idempotency i
  where (i.caller, i.key) in (
    select old.caller, old.key
    from private.api_idempotency old
    where old.created_at < private.clock() - interval '24 hours'
    order by old.created_at
    limit p_limit
    for update skip locked
  );
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  delete from private.api_buckets b where b.refilled_at < private.clock() - interval '1 day';
  return next;
end;
$$;
comment on function private.sweep_api_requests(integer) is
  'Deletes answers older than 24 hours, at most p_limit a call, and the buckets of callers who are gone.';

revoke execute on function
  integrations.take_api_token(text, integer),
  integrations.claim_api_request(text, text, bytea),
  integrations.keep_api_answer(text, text, integer, jsonb, text)
from service_role;
grant execute on function
  integrations.take_api_token(text, integer),
  integrations.claim_api_request(text, text, bytea),
  integrations.keep_api_answer(text, text, integer, jsonb, text)
to api_gateway;

-- Callers --------------------------------------------------------------------------------------------------------

create function private.api_caller(out clients text[], out agency_role text)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  clients := array(select c from private.my_clients() as c order by c);
  select m.role into agency_role
  from integrations.memberships m
  where m.user_id = (select auth.uid())
    and m.client is null
    and auth.jwt() ->> 'millrace_client' is null;
end;
$$;
comment on function private.api_caller() is
  'The clients that the caller may see, and the role in the agency, null for a client''s user. The API sets '
  'millrace.clients and millrace.agency_role to it for its transaction. Definer: membership is read before any policy '
  'can be.';

grant execute on function private.api_caller() to authenticated;

-- Rows of one person ---------------------------------------------------------------------------------------------
-- Neither lower() nor = of numeric is leakproof, so behind a policy an index on lower(email) or lead_id is not used: a
-- client's leads would all be read for one. Planned anew for each caller, they would take thrice as long.

create function private.ids_of_person(p_table text, p_email text)
returns uuid[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_clients text[] := private.caller_clients();
  v_email text := lower(p_email);
begin
  case p_table
    when 'all_leads' then
      return array(
        select t.id from public.all_leads t where t.client = any(v_clients) and lower(t.email) = v_email
      );
    when 'engaged_leads' then
      return array(
        select t.id from public.engaged_leads t where t.client = any(v_clients) and lower(t.email) = v_email
      );
    when 'meetings_booked' then
      return array(
        select t.id from public.meetings_booked t where t.client = any(v_clients) and lower(t.email) = v_email
      );
    when 'crm_contacts' then
      return array(
        select t.id
        from public.crm_contacts t
        where t.client = any(v_clients)
          and lower(t.email) = v_email
          and t.deleted_at is null
        union all
        select t.id
        from public.crm_contacts t
        where t.client = any(v_clients)
          and t.additional_emails @> array[v_email]
          and t.deleted_at is null
      );
  end case;
end;
$$;
comment on function private.ids_of_person(text, text) is
  'Ids of the rows with this address (any case) among the caller''s clients. Definer: see above; it filters by the '
  'same clients as the policy.';

create function private.ids_of_lead(p_lead_id numeric)
returns uuid[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_clients text[] := private.caller_clients();
begin
  return array(select t.id from public.all_leads t where t.client = any(v_clients) and t.lead_id = p_lead_id);
end;
$$;
comment on function private.ids_of_lead(numeric) is
  'As private.ids_of_person, of EmailBison''s lead id. Definer for the same reason.';

create function private.replies_of_person(p_email text)
returns tid[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_clients text[] := private.caller_clients();
  v_email text := lower(p_email);
begin
  return array(
    select r.ctid
    from public.replies r
    where r.client = any(v_clients)
      and lower(coalesce(r.lead_email, r.from_email)) = v_email
  );
end;
$$;
comment on function private.replies_of_person(text) is
  'As private.ids_of_person, for replies, whose key is two columns: where they lie, as the calling statement sees '
  'them. Definer for the same reason.';
grant execute on function
  private.ids_of_person(text, text), private.ids_of_lead(numeric), private.replies_of_person(text)
to authenticated;

-- Verbs ----------------------------------------------------------------------------------------------------------

create function public.mark_engaged_lead(
  p_id uuid, p_flag text, p_value boolean default true, p_at timestamptz default null
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
begin
  p_value := coalesce(p_value, true);
  if p_flag is null or p_flag <> all (array[
    'meeting_booked', 'showed_up_to_disco', 'qualified', 'demo_booked', 'showed_up_to_demo', 'proposal_sent', 'closed',
    'lost', 'unsubscribed'
  ]) then
    perform private.raise_error('MR002', 'An engaged lead has no such flag.', p_flag);
  end if;
  execute format(
    $sql$
      update public.engaged_leads e
      set %1$I = $2, %1$s_at = case when $2 then coalesce($3, e.%1$s_at, $4) end,
          last_event_at = greatest(e.last_event_at, $4) %2$s
      where e.id = $1
        and e.deleted_at is null
      returning e.id
    $sql$,
    p_flag,
    case when p_value and p_flag in ('closed', 'lost') then
      format(', %1$I = false, %1$s_at = null', case p_flag when 'closed' then 'lost' else 'closed' end)
    end
  )
  into p_id
  using p_id, p_value, p_at, v_now;
  return p_id;
end;
$$;
comment on function public.mark_engaged_lead(uuid, text, boolean, timestamptz) is
  'A person says how far an engaged lead came: sets one flag and its time, or takes it back (p_value false). Closed '
  'and lost exclude each other. The CRM follows by trigger. Answers the id; null: there is no such lead that the '
  'caller may change. MR002: no such flag.';
grant execute on function public.mark_engaged_lead(uuid, text, boolean, timestamptz) to authenticated, service_role;

create function integrations.request_replay(p_event_id bigint, p_payload jsonb default null)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_client text := (select e.client from integrations.webhook_events e where e.id = p_event_id);
begin
  if v_client is null or v_client <> all (array(select private.my_clients())) then
    perform private.raise_error('MR001', 'No webhook event has this id.', p_event_id::text);
  elsif v_client <> all (array(select private.my_clients('staff'))) then
    perform private.raise_error('MR004', 'Only the agency''s staff replays webhooks.');
  end if;
  return integrations.replay_webhook(p_event_id, p_payload);
end;
$$;
comment on function integrations.request_replay(bigint, jsonb) is
  'integrations.replay_webhook for people: the agency''s staff, for clients of their own. Definer: replay_webhook is '
  'not for users, and handlers write what they may not.';
grant execute on function integrations.request_replay(bigint, jsonb) to authenticated;

create function outbound.request_retry(p_job_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  if not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only the agency''s staff retries jobs.');
  elsif not exists (select from outbound.job_queue j where j.id = p_job_id) then
    perform private.raise_error('MR001', 'No job has this id.', p_job_id::text);
  elsif outbound.retry_dead(array[p_job_id]) = 0 then
    perform private.raise_error(
      'MR003', 'The job is not dead, or a newer one waits in its place.', p_job_id::text, 'Only dead jobs are retried.'
    );
  end if;
  return 'retried';
end;
$$;
comment on function outbound.request_retry(uuid) is
  'outbound.retry_dead for people: the agency''s staff. Answers retried. MR001: no such job, MR003: it is not dead, '
  'MR004: not staff. Definer: users may not write the queue.';
grant execute on function outbound.request_retry(uuid) to authenticated;
