-- The webhook inbox: every delivery is stored once, then handled by the SQL function registered for its type.
--
-- Guarantees: a delivery answered with 200 is committed; its handler's effects are committed with it, or none of them
-- are and the event waits as `failed`. One delivery key has one effect, however often and from how many connections
-- it arrives. Lock order inside handlers: the person (private.lock_person), then rows.

-- Endpoints ------------------------------------------------------------------------------------------------------

create table integrations.webhook_endpoints (
  id bigint generated always as identity primary key,
  provider text not null,
  client text not null references integrations.tenants (business) on update cascade,
  token_hash bytea not null unique,
  previous_token_hash bytea unique,
  previous_token_expires_at timestamptz,
  instance_url text,
  workspace_id text,
  require_signature boolean not null default false,
  signing_secret text,
  previous_signing_secret text,
  previous_signing_secret_expires_at timestamptz,
  settings jsonb not null default '{}',
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint provider_is_known check (provider in ('bison', 'calendly', 'fathom', 'porkbun')),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint secret_is_there_when_required check (not require_signature or signing_secret is not null),
  constraint secrets_are_sealed check (
    coalesce(signing_secret, 'v1.') like 'v1.%' and coalesce(previous_signing_secret, 'v1.') like 'v1.%'
  ),
  constraint settings_is_object check (jsonb_typeof(settings) = 'object')
);
create index webhook_endpoints_client_idx on integrations.webhook_endpoints (client);
create trigger _100_touch_updated_at before update on integrations.webhook_endpoints
for each row execute function extensions.moddatetime(updated_at);
comment on table integrations.webhook_endpoints is
  'One webhook URL of one client: provider, SHA-256 of the path token, sealed signing secrets. Rotating a token or a '
  'secret moves the old value to previous_* with an expiry, so that both are accepted meanwhile.';
comment on column integrations.webhook_endpoints.instance_url is
  'EmailBison: the instance the workspace lives on; ids are unique only within it.';
comment on column integrations.webhook_endpoints.settings is
  'Calendly: {"event_types": [uri, ...]} handles only these event types; absent or empty handles all.';

select private.apply_client_policies('integrations.webhook_endpoints', 'none');
revoke select on integrations.webhook_endpoints from authenticated;
grant select (
  id, provider, client, instance_url, workspace_id, require_signature, settings, is_active, created_at, updated_at
)
on integrations.webhook_endpoints to authenticated;

-- Events ---------------------------------------------------------------------------------------------------------

create table integrations.webhook_events (
  id bigint generated always as identity primary key,
  provider text not null,
  client text not null,
  endpoint_id bigint not null,
  delivery_key text not null,
  event_type text not null,
  payload jsonb,
  raw_body bytea,
  occurred_at timestamptz,
  received_at timestamptz not null default now(),
  status text not null default 'processed',
  attempts smallint not null default 1,
  duplicate_count integer not null default 0,
  last_duplicate_at timestamptz,
  conflicting_payload jsonb,
  last_sqlstate text,
  last_error text,
  next_attempt_at timestamptz
  -- No CHECK here: Postgres rebuilds each from its text at every insert (7 us measured), and only the functions below
  -- write. status: processed, ignored, failed, dead; only failed has a next_attempt_at.
)
-- Inline up to 8 kB: compressing every payload costs more than the space it saves before the sweep removes it.
with (toast_tuple_target = 8160, autovacuum_vacuum_insert_scale_factor = 0.05);
create unique index webhook_events_delivery_key_key
on integrations.webhook_events (delivery_key, client, provider);
create index webhook_events_status_next_attempt_at_unhandled_idx
on integrations.webhook_events (status, next_attempt_at) where status in ('failed', 'dead');
create index webhook_events_received_at_idx on integrations.webhook_events using brin (received_at);
comment on table integrations.webhook_events is
  'Every delivery once. processed: handled. ignored: no handler wants it. failed: waits for its next attempt. dead: a '
  'person decides (integrations.replay_webhook). Repeats raise duplicate_count.';
comment on column integrations.webhook_events.endpoint_id is
  'integrations.webhook_endpoints.id. No foreign key: its row lock would be taken by every delivery of a client.';
comment on column integrations.webhook_events.delivery_key is
  'What makes two deliveries the same, derived from the body by the function that received it (shared/<provider>.ts).';
comment on column integrations.webhook_events.occurred_at is
  'When it happened, by the provider''s clock; null when not told.';
comment on column integrations.webhook_events.conflicting_payload is
  'The latest other body that came under the same key. It was not applied.';
comment on column integrations.webhook_events.raw_body is
  'The bytes as received, for bodies that are no JSON or that jsonb refuses.';

select private.apply_client_policies('integrations.webhook_events', 'none');

-- Handlers -------------------------------------------------------------------------------------------------------

create table integrations.webhook_handlers (
  provider text not null,
  event_type text not null,
  handler text not null,
  primary key (provider, event_type),
  constraint handler_is_qualified_name check (handler ~ '^[a-z_]+[.][a-z0-9_]+$')
);
comment on table integrations.webhook_handlers is
  'Which SQL function handles an event type: `schema.function(integrations.webhook_events) returns text`, which '
  'answers '
  'processed or ignored, or raises. A type without a row is stored as ignored.';

create function private.tg_webhook_handlers__check_function()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if to_regprocedure(new.handler || '(integrations.webhook_events)') is null then
    perform private.raise_error(
      'MR002', 'Unknown webhook handler.', new.handler,
      'Create the function with one argument of type integrations.webhook_events first.'
    );
  end if;
  return new;
end;
$$;
create trigger _100_check_function before insert or update on integrations.webhook_handlers
for each row execute function private.tg_webhook_handlers__check_function();
select private.apply_agency_policies('integrations.webhook_handlers', 'none');

-- Receiving ------------------------------------------------------------------------------------------------------

create function integrations.webhook_endpoint(p_provider text, p_token_hash bytea)
returns table (
  endpoint_id bigint, client text, instance_url text, workspace_id text, require_signature boolean,
  signing_secrets text[]
)
language sql stable security definer
set search_path = ''
as $$
  select
    e.id, e.client, e.instance_url, e.workspace_id, e.require_signature,
    array_remove(array[
      e.signing_secret,
      case when e.previous_signing_secret_expires_at > private.clock() then e.previous_signing_secret end
    ], null)
  from integrations.webhook_endpoints e
  where e.provider = p_provider
    and e.is_active
    and (
      e.token_hash = p_token_hash
      or (e.previous_token_hash = p_token_hash and e.previous_token_expires_at > private.clock())
    )
$$;
comment on function integrations.webhook_endpoint(text, bytea) is
  'The active endpoint of a path token (its SHA-256), with the sealed signing secrets that are valid now, current '
  'first. '
  'No row: unknown or inactive. Definer: webhook_receiver may read no table.';

create function private.webhook_retry_at(p_attempts integer)
returns timestamptz
language sql volatile
set search_path = ''
as $$
  select private.clock() + least(interval '10 seconds' * 2 ^ p_attempts, interval '1 hour') * (0.8 + 0.4 * random())
$$;
comment on function private.webhook_retry_at(integer) is
  'When a failed event is tried again: 20 s after the first failure, doubling to an hour, 20 % jitter either way.';

create function private.run_webhook_handler(
  p_event integrations.webhook_events, p_handler text, p_in_batch boolean default false
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_outcome text;
  v_sqlstate text;
  v_message text;
  v_dead boolean := p_event.attempts >= 10;
begin
  -- The block's savepoint is what lets a failing handler leave nothing behind but the failed event.
  begin
    execute 'select ' || p_handler || '($1)' into v_outcome using p_event;
    return v_outcome;
  exception when others then
    get stacked diagnostics v_sqlstate = returned_sqlstate, v_message = message_text;
    if p_in_batch and v_sqlstate in ('40P01', '55P03') then
      raise;
    end if;
  end;

  update integrations.webhook_events e
  set status = case when v_dead then 'dead' else 'failed' end,
      attempts = p_event.attempts,
      last_sqlstate = v_sqlstate,
      last_error = left(v_message, 1000),
      next_attempt_at = case when not v_dead then private.webhook_retry_at(p_event.attempts) end
  where e.id = p_event.id;
  return case when v_dead then 'dead' else 'failed' end;
end;
$$;
comment on function private.run_webhook_handler(integrations.webhook_events, text, boolean) is
  'Runs a handler; answers processed or ignored as the handler does, or failed / dead (ten attempts) after recording '
  'why. '
  'p_in_batch: a lock that it cannot have is the batch''s error, not the event''s.';

create function private.count_duplicate_webhook(
  p_client text, p_provider text, p_delivery_key text, p_payload jsonb, p_wakes boolean
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  update integrations.webhook_events e
  set duplicate_count = e.duplicate_count + 1,
      last_duplicate_at = now(),
      conflicting_payload = case
        when p_payload is distinct from e.payload then coalesce(p_payload, e.conflicting_payload)
        else e.conflicting_payload
      end,
      status = case when p_wakes and e.status = 'dead' then 'failed' else e.status end,
      next_attempt_at = case when p_wakes and e.status = 'dead' then private.clock() else e.next_attempt_at end
  where e.delivery_key = p_delivery_key
    and e.client = p_client
    and e.provider = p_provider
  returning e.id into v_id;
  return v_id;
end;
$$;
comment on function private.count_duplicate_webhook(text, text, text, jsonb, boolean) is
  'Counts a repeated delivery and keeps a body that differs. p_wakes: a dead event is tried again, as a person who '
  'resends '
  'it at the provider wants; a rejected delivery stays rejected however often it comes.';

create function private.store_webhook(
  p_endpoint_id bigint,
  p_delivery_key text,
  p_event_type text,
  p_payload jsonb,
  p_occurred_at timestamptz,
  p_rejection text,
  p_raw bytea,
  p_in_batch boolean,
  out event_id bigint,
  out outcome text
)
returns record
language plpgsql
set search_path = ''
as $$
declare
  v_endpoint record;
  v_event integrations.webhook_events;
begin
  select e.provider, e.client, h.handler
  into v_endpoint
  from integrations.webhook_endpoints e
  left join integrations.webhook_handlers h on h.provider = e.provider and h.event_type = p_event_type
  where e.id = p_endpoint_id
    and e.is_active;
  if not found then
    perform private.raise_error('MR001', 'No active webhook endpoint has this id.', p_endpoint_id::text);
  end if;

  insert into integrations.webhook_events (
    provider, client, endpoint_id, delivery_key, event_type, payload, raw_body, occurred_at, status, last_error
  )
  values (
    v_endpoint.provider, v_endpoint.client, p_endpoint_id, p_delivery_key, p_event_type, p_payload, p_raw,
    -- A provider's clock may run ahead of ours a little; a time years ahead would win over everything that follows.
    case when p_occurred_at <= now() + interval '1 day' then p_occurred_at end,
    case when p_rejection is not null then 'dead' when v_endpoint.handler is null then 'ignored' else 'processed' end,
    p_rejection
  )
  on conflict (delivery_key, client, provider) do nothing
  returning * into v_event;

  event_id := v_event.id;
  if event_id is null then
    event_id := private.count_duplicate_webhook(
      v_endpoint.client, v_endpoint.provider, p_delivery_key, p_payload, p_rejection is null
    );
    outcome := 'duplicate';
  elsif p_rejection is not null then
    outcome := 'rejected';
  elsif v_endpoint.handler is null then
    outcome := 'ignored';
  else
    outcome := private.run_webhook_handler(v_event, v_endpoint.handler, p_in_batch);
    if outcome = 'ignored' then
      update integrations.webhook_events e set status = 'ignored' where e.id = event_id;
    end if;
  end if;
end;
$$;
comment on function private.store_webhook(bigint, text, text, jsonb, timestamptz, text, bytea, boolean) is
  'Stores one delivery and runs its handler; see integrations.receive_webhook.';

create function integrations.receive_webhook(
  p_endpoint_id bigint,
  p_delivery_key text,
  p_event_type text,
  p_payload text,
  p_occurred_at timestamptz default null,
  p_rejection text default null,
  p_raw bytea default null,
  out event_id bigint,
  out outcome text
)
returns record
language plpgsql security definer
set search_path = ''
as $$
declare
  v_stored record := private.store_webhook(
    p_endpoint_id,
    case
      when p_rejection is null then p_delivery_key
      -- A key of its own: the delivery must still be accepted once what was wrong is mended.
      else 'rejected|' || left(p_rejection, 100) || '|'
        || encode(sha256(coalesce(p_raw, convert_to(p_payload, 'UTF8'))), 'hex')
    end,
    p_event_type, p_payload::jsonb, p_occurred_at, p_rejection, p_raw, false
  );
begin
  event_id := v_stored.event_id;
  outcome := v_stored.outcome;
end;
$$;
comment on function integrations.receive_webhook(bigint, text, text, text, timestamptz, text, bytea) is
  'Stores one delivery and handles it, in one transaction. outcome: processed, ignored, duplicate, failed (stored, '
  'tried '
  'again by itself) or rejected (p_rejection was given: kept as a dead letter). p_payload is JSON text without NUL; '
  'p_raw the bytes when they are no JSON. Errors: MR001 no such endpoint; 22P02, 22P05, 22003, 54001 jsonb refuses the '
  'text. Definer: webhook_receiver may read and write no table.';

create function private.person_of(p_payload jsonb)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return lower(btrim(coalesce(
    p_payload #>> '{data,lead,email}', p_payload #>> '{data,reply,from_email_address}', p_payload #>> '{payload,email}'
  )));
end;
$$;
comment on function private.person_of(jsonb) is
  'The address that a delivery of any provider is about; null when about none.';

create function private.lock_person(p_client text, p_email text)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_key bigint := hashtextextended(p_client || chr(31) || lower(p_email), 0);
begin
  perform pg_advisory_xact_lock(v_key);
  return v_key;
end;
$$;
comment on function private.lock_person(text, text) is
  'Serialises everything about one address of one client until the transaction ends. Taken before any row. Answers the '
  'lock''s key.';

create function integrations.receive_webhooks(p_deliveries jsonb)
returns jsonb
language plpgsql security definer
set search_path = ''
-- A batch holds the locks of many people and rows. It gives up before deadlock_timeout (1 s) would look for a victim.
set lock_timeout = '200ms'
as $$
declare
  v_answers jsonb[] := array_fill('null'::jsonb, array[jsonb_array_length(p_deliveries)]);
  v_lock record;
  v_delivery record;
  v_stored record;
begin
  -- In one order whatever the batch, and in that of single deliveries: bookings, then people.
  for v_lock in
    select distinct e.client, l.place, l.name
    from jsonb_array_elements(p_deliveries) as d (item)
    join integrations.webhook_endpoints e on e.id = (d.item ->> 'endpoint_id')::bigint
    cross join lateral (
      values (1, case when e.provider = 'calendly' then 'bookings' end), (2, private.person_of(d.item -> 'payload'))
    ) as l (place, name)
    where l.name is not null
    order by 1, 2, 3
  loop
    perform private.lock_person(v_lock.client, v_lock.name);
  end loop;
  for v_delivery in
    select
      d.n, (d.item ->> 'endpoint_id')::bigint as endpoint_id, d.item ->> 'delivery_key' as delivery_key,
      d.item ->> 'event_type' as event_type, d.item -> 'payload' as payload,
      (d.item ->> 'occurred_at')::timestamptz as occurred_at
    from jsonb_array_elements(p_deliveries) with ordinality as d (item, n)
    order by 3, 1
  loop
    v_stored := private.store_webhook(
      v_delivery.endpoint_id, v_delivery.delivery_key, v_delivery.event_type, v_delivery.payload,
      v_delivery.occurred_at, null, null, true
    );
    v_answers[v_delivery.n] := to_jsonb(v_stored);
  end loop;
  return to_jsonb(v_answers);
exception when deadlock_detected or lock_not_available then
  perform private.raise_error('MR003', 'Somebody else holds a lock.', null, 'Store the deliveries one by one.');
end;
$$;
comment on function integrations.receive_webhooks(jsonb) is
  'integrations.receive_webhook for deliveries that arrive together, [{endpoint_id, delivery_key, event_type, payload, '
  'occurred_at}], in one transaction: one flush for all, a savepoint for each handler. Answers [{event_id, outcome}] '
  'in '
  'the same order. An error stores none of them: call receive_webhook for each. MR003 is such an error: somebody else '
  'held '
  'a lock for 200 ms. Definer: webhook_receiver may read and write no table.';

revoke execute on function
  integrations.webhook_endpoint(text, bytea),
  integrations.receive_webhook(bigint, text, text, text, timestamptz, text, bytea),
  integrations.receive_webhooks(jsonb)
from service_role;
grant execute on function
  integrations.webhook_endpoint(text, bytea),
  integrations.receive_webhook(bigint, text, text, text, timestamptz, text, bytea),
  integrations.receive_webhooks(jsonb)
to webhook_receiver;

-- Retrying and repairing -----------------------------------------------------------------------------------------

create function private.handle_webhook_again(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_handler text;
  v_outcome text := 'ignored';
begin
  p_event.attempts := least(p_event.attempts + 1, 32000);
  select h.handler into v_handler
  from integrations.webhook_handlers h
  where h.provider = p_event.provider
    and h.event_type = p_event.event_type;
  if v_handler is not null then
    v_outcome := private.run_webhook_handler(p_event, v_handler);
  end if;
  if v_outcome in ('processed', 'ignored') then
    update integrations.webhook_events e
    set status = v_outcome, attempts = p_event.attempts, next_attempt_at = null, last_sqlstate = null, last_error = null
    where e.id = p_event.id;
  end if;
  return v_outcome;
end;
$$;
comment on function private.handle_webhook_again(integrations.webhook_events) is
  'One more attempt at a stored event; the caller holds its row lock.';

create function integrations.retry_failed_webhooks(p_limit integer default 100)
returns table (processed integer, failed integer, dead integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_event integrations.webhook_events;
  v_outcome text;
begin
  processed := 0;
  failed := 0;
  dead := 0;
  has_more := false;
  -- One run at a time: it holds the persons' locks of all its events until it commits.
  if pg_try_advisory_xact_lock(hashtext('integrations.retry_failed_webhooks')) then
    for v_event in
      select e.*
      from integrations.webhook_events e
      where e.status = 'failed'
        and e.next_attempt_at <= private.clock()
      order by e.next_attempt_at, e.id
      limit p_limit
      for update skip locked
    loop
      v_outcome := private.handle_webhook_again(v_event);
      processed := processed + (v_outcome in ('processed', 'ignored'))::integer;
      failed := failed + (v_outcome = 'failed')::integer;
      dead := dead + (v_outcome = 'dead')::integer;
    end loop;
    has_more := processed + failed + dead >= p_limit;
  end if;
  return next;
end;
$$;
comment on function integrations.retry_failed_webhooks(integer) is
  'Tries due failed events again, at most p_limit, each in its own savepoint; called by cron. has_more: call again. '
  'Definer: handlers write what the caller may not.';

create function integrations.replay_webhook(p_event_id bigint, p_payload jsonb default null)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_event integrations.webhook_events;
begin
  select e.* into v_event from integrations.webhook_events e where e.id = p_event_id for update;
  if not found then
    perform private.raise_error('MR001', 'No webhook event has this id.', p_event_id::text);
  elsif v_event.status = 'processed' then
    perform private.raise_error(
      'MR003', 'This event was processed; its effects are in the tables.', p_event_id::text,
      'Only failed, dead and ignored events can be replayed.'
    );
  elsif coalesce(p_payload, v_event.payload) is null then
    perform private.raise_error(
      'MR002', 'The stored body is no JSON, so no handler can read it.', v_event.last_error,
      'Look at raw_body and call replay_webhook(id, corrected_payload).'
    );
  end if;

  if p_payload is not null then
    update integrations.webhook_events e set payload = p_payload where e.id = p_event_id;
    v_event.payload := p_payload;
  end if;
  return private.handle_webhook_again(v_event);
end;
$$;
comment on function integrations.replay_webhook(bigint, jsonb) is
  'A person has a failed, dead or ignored event handled now, with a corrected payload if given. Answers processed, '
  'ignored, failed or dead. Errors: MR001 no such event, MR002 nothing readable to handle, MR003 already processed. '
  'Definer: handlers write what the caller may not.';

create function integrations.reconcile_webhooks(p_endpoint_id bigint, p_events jsonb)
returns table (ingested integer, known integer, failed integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_endpoint record;
  v_event record;
  v_outcome text;
begin
  select e.client, e.provider into v_endpoint
  from integrations.webhook_endpoints e
  where e.id = p_endpoint_id
    and e.is_active;
  if not found then
    perform private.raise_error('MR001', 'No active webhook endpoint has this id.', p_endpoint_id::text);
  end if;
  ingested := 0;
  failed := 0;
  for v_event in
    select r.delivery_key, r.event_type, r.payload, r.occurred_at
    from jsonb_to_recordset(p_events) as r (
      delivery_key text, event_type text, payload jsonb, occurred_at timestamptz
    )
    where not exists (
      select
      from integrations.webhook_events e
      where e.delivery_key = r.delivery_key
        and e.client = v_endpoint.client
        and e.provider = v_endpoint.provider
    )
    order by r.occurred_at, r.delivery_key
  loop
    select w.outcome into v_outcome
    from private.store_webhook(
      p_endpoint_id, v_event.delivery_key, v_event.event_type, v_event.payload, v_event.occurred_at, null, null, false
    ) as w;
    ingested := ingested + (v_outcome in ('processed', 'ignored'))::integer;
    failed := failed + (v_outcome = 'failed')::integer;
  end loop;
  known := jsonb_array_length(p_events) - ingested - failed;
  return next;
end;
$$;
comment on function integrations.reconcile_webhooks(bigint, jsonb) is
  'Ingests what is missing from one page of a provider''s own event list: [{delivery_key, event_type, payload, '
  'occurred_at}], keys as the receiving function makes them. Events already stored are only counted. MR001: no such '
  'endpoint. '
  'Definer: handlers write what the caller may not.';

create function integrations.sweep_webhook_events(
  p_keep interval default interval '180 days', p_limit integer default 5000
)
returns table (deleted integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_keep < interval '30 days' then
    perform private.raise_error(
      'MR002', 'Events are kept for at least 30 days.', p_keep::text,
      'Providers re-deliver and list events for days; a swept key would be handled twice.'
    );
  end if;
  delete from integrations.webhook_events e
  where e.id = any(array(
    select old.id
    from integrations.webhook_events old
    where old.received_at < private.clock() - p_keep
      and old.status in ('processed', 'ignored')
    order by old.id
    limit p_limit
    for update skip locked
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function integrations.sweep_webhook_events(interval, integer) is
  'Deletes handled events older than p_keep (at least 30 days), at most p_limit a call. Failed and dead ones stay. '
  'Definer: nobody else deletes events.';

-- Health ---------------------------------------------------------------------------------------------------------

create function integrations.schema_version()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_version text;
begin
  select max(m.version) into v_version from supabase_migrations.schema_migrations m;
  return v_version;
end;
$$;
comment on function integrations.schema_version() is
  'Version of the newest migration. PL/pgSQL on purpose: a server whose language library is broken fails here. '
  'Definer: the migration history is the migrating role''s.';
grant execute on function integrations.schema_version() to api_gateway;
