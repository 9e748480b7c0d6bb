-- The webhook inbox: every delivery is stored once, then handled by the SQL function registered for its type.
--
-- Guarantees: a delivery answered with 200 is committed; its handler's effects are committed with it, or none of them
-- are and the event waits as `failed`. One delivery key has one effect, however often and from how many connections
-- it arrives. Lock order: the people of all deliveries (private.insert_webhooks), then rows.
--
-- `cross join lateral (... offset 0)` here and in handlers is a lookup by key whatever the planner believes of a table.
-- Plans are kept (see webhook_receiver in platform_roles), and one made while a table was empty would read all of it.

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
  'Every delivery once. processed: handled. ignored: no handler wants it, or its person was erased. failed: waits for its '
  'next attempt. dead: a person decides (integrations.replay_webhook). integrations.webhook_inbox tells its repeats as '
  'well.';
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

-- An event of another workspace is as a rule another client's, whose data people of this one must not see.
select private.apply_policies(
  'integrations.webhook_events',
  format(
    '%s and (not starts_with(delivery_key, ''rejected|workspace_mismatch|'') or %s)',
    private.client_condition('client', 'read'), private.agency_condition('read')
  ),
  null
);

create table integrations.webhook_repeats (
  event_id bigint primary key,
  client text not null,
  times integer not null,
  last_at timestamptz not null
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
comment on table integrations.webhook_repeats is
  'How often an event came again; no row: never. Beside webhook_events, as to count a repeat there would write the '
  'whole payload anew. A crash may take the last second of counts.';
comment on column integrations.webhook_repeats.event_id is
  'integrations.webhook_events.id. No foreign key: its row lock would write the event, too.';

select private.apply_client_policies('integrations.webhook_repeats', 'none');

create view integrations.webhook_inbox
with (security_invoker = true) as
select
  e.id, e.provider, e.client, e.endpoint_id, e.delivery_key, e.event_type, e.payload, e.raw_body, e.occurred_at,
  e.received_at, e.status, e.attempts, coalesce(r.times, 0) as duplicate_count, r.last_at as last_duplicate_at,
  e.conflicting_payload, e.last_sqlstate, e.last_error, e.next_attempt_at
from integrations.webhook_events e
left join integrations.webhook_repeats r on r.event_id = e.id;
comment on view integrations.webhook_inbox is 'webhook_events with how often each came again.';
grant select on integrations.webhook_inbox to authenticated;

-- Handlers -------------------------------------------------------------------------------------------------------

create table integrations.webhook_handlers (
  provider text not null,
  event_type text not null,
  handler text not null,
  takes_many boolean not null default false,
  primary key (provider, event_type),
  constraint handler_is_qualified_name check (handler ~ '^[a-z_]+[.][a-z0-9_]+$')
);
comment on table integrations.webhook_handlers is
  'Which SQL function handles an event type: `schema.function(integrations.webhook_events) returns text` for one '
  'event, or `schema.function(bigint[]) returns text` for the ids of events that came together, which the frequent '
  'types have. It answers processed or ignored, or raises. A type without a row is stored as ignored.';
comment on column integrations.webhook_handlers.takes_many is
  'Set by itself: the function takes ids. Its events'' persons are locked before it runs.';

create function private.tg_webhook_handlers__find_function()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.takes_many := to_regprocedure(new.handler || '(bigint[])') is not null;
  if not new.takes_many and to_regprocedure(new.handler || '(integrations.webhook_events)') is null then
    perform private.raise_error(
      'MR002', 'Unknown webhook handler.', new.handler,
      'Create the function with one argument of type integrations.webhook_events or bigint[] first.'
    );
  end if;
  return new;
end;
$$;
create trigger _100_find_function before insert or update on integrations.webhook_handlers
for each row execute function private.tg_webhook_handlers__find_function();

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
  'first. No row: unknown or inactive. Definer: webhook_receiver may read no table.';

create function private.webhook_retry_at(p_attempts integer)
returns timestamptz
language sql volatile
set search_path = ''
as $$
  select private.clock() + least(interval '10 seconds' * 2 ^ p_attempts, interval '1 hour') * (0.8 + 0.4 * random())
$$;
comment on function private.webhook_retry_at(integer) is
  'When a failed event is tried again: 20 s after the first failure, doubling to an hour, 20 % jitter either way.';

-- Locks ----------------------------------------------------------------------------------------------------------

create function private.person_key(p_client text, p_email text)
returns bigint
language plpgsql immutable
set search_path = ''
as $$
begin
  return hashtextextended(p_client || chr(31) || lower(p_email), 0);
end;
$$;
comment on function private.person_key(text, text) is 'The advisory lock of one address of one client.';

create function private.lock_person(p_client text, p_email text)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_key bigint := private.person_key(p_client, p_email);
begin
  perform pg_advisory_xact_lock(v_key);
  return v_key;
end;
$$;
comment on function private.lock_person(text, text) is
  'Serialises everything about one address of one client until the transaction ends. Taken before any row. Answers the '
  'lock''s key.';

create function private.person_key(p_client text, p_payload jsonb)
returns bigint
language plpgsql immutable
set search_path = ''
as $$
begin
  -- As above, and not by it: a call more would be 2 us more for each delivery.
  return hashtextextended(
    p_client || chr(31) || lower(btrim(coalesce(
      p_payload #>> '{data,lead,email}',
      case when upper(p_payload #>> '{event,type}') = 'MANUAL_EMAIL_SENT'
        then p_payload #>> '{data,reply,primary_to_email_address}'
      end,
      p_payload #>> '{data,reply,from_email_address}', p_payload #>> '{payload,email}'
    ))),
    0
  );
end;
$$;
comment on function private.person_key(text, jsonb) is
  'The lock of the person that a delivery of any provider is about; null when about none.';

-- Handling -------------------------------------------------------------------------------------------------------

create function private.fail_webhook(p_event_id bigint, p_sqlstate text, p_message text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- What a body does not say, or not as it should, no later attempt finds in it.
  v_is_hopeless boolean := p_sqlstate in ('MR005', '22P02', '22003', '22007', '22008');
begin
  update integrations.webhook_events e
  set status = case when v_is_hopeless or e.attempts >= 10 then 'dead' else 'failed' end,
      last_sqlstate = p_sqlstate,
      last_error = left(p_message, 1000),
      next_attempt_at = case when not v_is_hopeless and e.attempts < 10 then private.webhook_retry_at(e.attempts) end
  where e.id = p_event_id;
end;
$$;
comment on function private.fail_webhook(bigint, text, text) is
  'Records why an event could not be handled. It waits for its next attempt, or is dead: after ten, or when the error '
  'is about what the body says.';

create function private.try_webhook_handler(
  p_handler text, p_takes_many boolean, p_event_ids bigint[], p_in_batch boolean
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_outcome text;
  v_sqlstate text;
  v_message text;
begin
  -- The block's savepoint is what lets a failing handler leave nothing behind but the failed event.
  begin
    if p_takes_many then
      execute format('select %s($1)', p_handler) into v_outcome using p_event_ids;
    else
      execute format('select %s(e) from integrations.webhook_events e where e.id = $1', p_handler)
      into v_outcome using p_event_ids[1];
    end if;
  exception when others then
    get stacked diagnostics v_sqlstate = returned_sqlstate, v_message = message_text;
    if p_in_batch and v_sqlstate in ('40P01', '55P03') then
      raise;
    elsif cardinality(p_event_ids) = 1 then
      perform private.fail_webhook(p_event_ids[1], v_sqlstate, v_message);
    end if;
    return 'failed';
  end;
  if v_outcome = 'ignored' then
    update integrations.webhook_events e set status = 'ignored' where e.id = any(p_event_ids);
  end if;
  return v_outcome;
end;
$$;
comment on function private.try_webhook_handler(text, boolean, bigint[], boolean) is
  'Runs a handler for events, of which all succeed or none, and answers as it does, or failed. Of a single one the '
  'failure is recorded. p_in_batch: a lock that it cannot have is the batch''s error, not the event''s.';

create function private.run_webhook_handler(
  p_handler text, p_takes_many boolean, p_event_ids bigint[], p_in_batch boolean default false
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_event_id bigint;
  v_outcome text;
  v_outcomes text[];
begin
  if p_takes_many and cardinality(p_event_ids) > 1 then
    v_outcome := private.try_webhook_handler(p_handler, true, p_event_ids, p_in_batch);
    if v_outcome <> 'failed' then
      return v_outcome = 'processed';
    end if;
  end if;
  foreach v_event_id in array p_event_ids loop
    v_outcomes := v_outcomes || private.try_webhook_handler(p_handler, p_takes_many, array[v_event_id], p_in_batch);
  end loop;
  return 'processed' = all(v_outcomes);
end;
$$;
comment on function private.run_webhook_handler(text, boolean, bigint[], boolean) is
  'Handles stored events: together if the handler takes many; one by one if it does not, or if one of them spoils it. '
  'True when all are processed; else their status tells what became of each.';

-- Storing --------------------------------------------------------------------------------------------------------

create type private.webhook_delivery as (
  n integer,
  event_id bigint,
  provider text,
  client text,
  delivery_key text,
  payload jsonb,
  handler text,
  takes_many boolean,
  outcome text
);
comment on type private.webhook_delivery is
  'What became of a delivery. n: its place in the batch. event_id: its event''s, if it is new. payload: only of one that '
  'is not. handler: null when nobody wants its type. outcome: what it is unless its handler says otherwise.';

create function private.insert_webhooks(
  p_deliveries jsonb, out deliveries private.webhook_delivery[], out is_repeated boolean, out answer jsonb
)
language plpgsql
set search_path = ''
as $$
begin
  with delivery as materialized (
    select
      d.n, nextval('integrations.webhook_events_id_seq') as event_id, p.id as endpoint_id, p.provider, p.client,
      b.delivery_key, b.event_type, b.payload,
      -- A provider's clock may run ahead a little; a time years ahead would win over everything that follows.
      case when b.occurred_at <= now() + interval '1 day' then b.occurred_at end as occurred_at, h.handler, h.takes_many,
      private.person_key(p.client, b.payload) as person
    from jsonb_array_elements(p_deliveries) with ordinality as d (item, n)
    cross join lateral (
      select
        (d.item ->> 'endpoint_id')::bigint as endpoint_id, d.item ->> 'delivery_key' as delivery_key,
        d.item ->> 'event_type' as event_type, d.item -> 'payload' as payload,
        (d.item ->> 'occurred_at')::timestamptz as occurred_at
      offset 0
    ) as b
    cross join lateral (
      select e.id, e.provider, e.client
      from integrations.webhook_endpoints e
      where e.id = b.endpoint_id
        and e.is_active
      offset 0
    ) as p
    left join lateral (
      select k.handler, k.takes_many
      from integrations.webhook_handlers k
      where k.provider = p.provider
        and k.event_type = b.event_type
      offset 0
    ) as h on true
  ),
  -- Everybody whom they are about, in one order whatever the batch, and that of the handlers: bookings, then people.
  locked as materialized (
    select count(pg_advisory_xact_lock(k.key))
    from (
      select 1 as place, private.person_key(d.client, 'bookings') as key
      from delivery d
      where d.provider = 'calendly'
      union
      select 2, d.person
      from delivery d
      order by 1, 2
    ) as k
  ),
  -- A function sees who was erased while the locks were waited for; this statement does not.
  gone as materialized (
    select private.suppressed_deliveries(p_deliveries) as places from locked
  ),
  added as (
    insert into integrations.webhook_events as e (
      id, provider, client, endpoint_id, delivery_key, event_type, payload, occurred_at, status
    )
    overriding system value
    select
      d.event_id, d.provider, d.client, d.endpoint_id, d.delivery_key,
      case when d.n = any(g.places) then 'suppressed' else d.event_type end,
      case when d.n <> all(g.places) then d.payload end, d.occurred_at,
      case when d.handler is null or d.n = any(g.places) then 'ignored' else 'processed' end
    from gone g
    cross join delivery d
    -- The same for all, so that nobody waits for one who waits for them.
    order by d.delivery_key, d.n
    on conflict (delivery_key, client, provider) do nothing
    returning e.id, e.status
  ),
  stored as materialized (
    select array_agg(a.id) as ids, array_agg(a.id) filter (where a.status = 'processed') as wanted from added a
  ),
  told as materialized (
    select
      d.n, d.event_id, d.provider, d.client, d.delivery_key,
      case when d.event_id = any(s.ids) then null else d.payload end as payload, d.handler, d.takes_many,
      case
        when d.event_id = any(s.wanted) then 'processed' when d.event_id = any(s.ids) then 'ignored' else 'duplicate'
      end as outcome
    from stored s
    cross join delivery d
  )
  select
    array_agg(row(t.*)::private.webhook_delivery order by t.n), bool_or(t.outcome = 'duplicate'),
    jsonb_agg(jsonb_build_object('event_id', t.event_id, 'outcome', t.outcome) order by t.n)
  into deliveries, is_repeated, answer
  from told t;

  if coalesce(cardinality(deliveries), 0) <> jsonb_array_length(p_deliveries) then
    perform private.raise_error('MR001', 'No active webhook endpoint has this id.');
  end if;
end;
$$;
comment on function private.insert_webhooks(jsonb) is
  'Locks the people whom deliveries [{endpoint_id, delivery_key, event_type, payload, occurred_at}] are about and '
  'stores those whose keys are new, in one statement; of one about a suppressed person, that it came and nothing else. '
  'answer: what a caller is told if no handler fails and none is repeated. All are null for no delivery. MR001: an '
  'endpoint is unknown or inactive.';

create function private.count_repeated_webhooks(p_deliveries private.webhook_delivery[])
returns bigint[]
language plpgsql
set search_path = ''
as $$
declare
  v_ids bigint[];
  v_is_news boolean;
begin
  with repeated as materialized (
    select d.n, e.*
    from unnest(p_deliveries) as d
    left join lateral (
      select
        k.id, k.client, k.status = 'dead' and k.last_sqlstate <> '' or k.payload <> d.payload as is_news
      from integrations.webhook_events k
      where d.outcome = 'duplicate'
        and k.delivery_key = d.delivery_key
        and k.client = d.client
        and k.provider = d.provider
      offset 0
    ) as e on true
  ),
  counted as (
    insert into integrations.webhook_repeats as k (event_id, client, times, last_at)
    select r.id, r.client, count(*), now()
    from repeated r
    where r.id is not null
    group by r.id, r.client
    order by r.id
    on conflict (event_id) do update set times = k.times + excluded.times, last_at = excluded.last_at
  )
  select array_agg(r.id order by r.n), bool_or(r.is_news) into v_ids, v_is_news from repeated r;
  if v_is_news then
    perform private.note_repeated_webhook(v_ids[d.n], d.payload)
    from unnest(p_deliveries) as d
    where d.outcome = 'duplicate'
    order by d.n;
  elsif array_position(v_ids, null) is null then
    -- The events are on the disk; nobody waits for a count to get there.
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return v_ids;
end;
$$;
comment on function private.count_repeated_webhooks(private.webhook_delivery[]) is
  'Counts the deliveries that were not stored. Answers the id of the event that each repeats, by its place in the batch; '
  'null for a new one.';

create function private.note_repeated_webhook(p_event_id bigint, p_payload jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update integrations.webhook_events e
  set conflicting_payload = case when p_payload <> e.payload then p_payload else e.conflicting_payload end,
      status = case when e.status = 'dead' and e.last_sqlstate <> '' then 'failed' else e.status end,
      next_attempt_at = case
        when e.status = 'dead' and e.last_sqlstate <> '' then private.clock() else e.next_attempt_at
      end
  where e.id = p_event_id
    and (p_payload <> e.payload or e.status = 'dead');
end;
$$;
comment on function private.note_repeated_webhook(bigint, jsonb) is
  'Keeps a body that differs from an event''s own. A dead event is tried again, as a person who resends it at the '
  'provider wants; a rejected one has no SQLSTATE and stays rejected.';

create function private.store_webhooks(p_deliveries jsonb, p_in_batch boolean)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_new record := private.insert_webhooks(p_deliveries);
  v_repeated bigint[];
  v_wanted record;
  v_is_as_told boolean := true;
begin
  if v_new.is_repeated then
    v_repeated := private.count_repeated_webhooks(v_new.deliveries);
  end if;
  for v_wanted in
    select d.handler, d.takes_many, array_agg(d.event_id order by d.n) as ids
    from unnest(v_new.deliveries) as d
    where d.outcome = 'processed'
    group by d.handler, d.takes_many
    order by d.handler
  loop
    v_is_as_told := private.run_webhook_handler(v_wanted.handler, v_wanted.takes_many, v_wanted.ids, p_in_batch)
      and v_is_as_told;
  end loop;
  if v_is_as_told and v_repeated is null then
    return v_new.answer;
  end if;
  return (
    select
      jsonb_agg(
        jsonb_build_object(
          'event_id', coalesce(v_repeated[d.n], d.event_id),
          'outcome', case
            when d.outcome = 'processed'
              then (select e.status from integrations.webhook_events e where e.id = d.event_id)
            else d.outcome
          end
        )
        order by d.n
      )
    from unnest(v_new.deliveries) as d
  );
end;
$$;
comment on function private.store_webhooks(jsonb, boolean) is
  'Stores deliveries and runs their handlers; see integrations.receive_webhooks.';

create function private.reject_webhook(
  p_endpoint_id bigint, p_event_type text, p_payload jsonb, p_occurred_at timestamptz, p_rejection text, p_raw bytea,
  p_key text, out event_id bigint, out outcome text
)
language plpgsql
set search_path = ''
as $$
declare
  v_status text := 'dead';
begin
  outcome := 'rejected';
  if private.is_about_suppressed(p_payload, p_raw) then
    p_event_type := 'suppressed';
    v_status := 'ignored';
    p_payload := null;
    p_raw := null;
    p_rejection := null;
  end if;
  insert into integrations.webhook_events as e (
    provider, client, endpoint_id, delivery_key, event_type, payload, raw_body, occurred_at, status, last_error
  )
  select p.provider, p.client, p.id, p_key, p_event_type, p_payload, p_raw, p_occurred_at, v_status, p_rejection
  from integrations.webhook_endpoints p
  where p.id = p_endpoint_id
    and p.is_active
  on conflict (delivery_key, client, provider) do nothing
  returning e.id into event_id;
  if event_id is not null then
    return;
  end if;

  outcome := 'duplicate';
  insert into integrations.webhook_repeats as r (event_id, client, times, last_at)
  select e.id, e.client, 1, now()
  from integrations.webhook_endpoints p
  join integrations.webhook_events e on e.delivery_key = p_key and e.client = p.client and e.provider = p.provider
  where p.id = p_endpoint_id
    and p.is_active
  on conflict on constraint webhook_repeats_pkey do update set times = r.times + 1, last_at = excluded.last_at
  returning r.event_id into event_id;
  if event_id is null then
    perform private.raise_error('MR001', 'No active webhook endpoint has this id.', p_endpoint_id::text);
  end if;
end;
$$;
comment on function private.reject_webhook(bigint, text, jsonb, timestamptz, text, bytea, text) is
  'Keeps a rejected delivery as a dead letter, or counts it again.';

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
  v_stored jsonb;
begin
  if p_rejection is not null then
    select r.event_id, r.outcome into event_id, outcome
    from private.reject_webhook(
      p_endpoint_id, p_event_type, p_payload::jsonb, p_occurred_at, p_rejection, p_raw,
      -- A key of its own: the delivery must still be accepted once what was wrong is mended. The policy knows it, too.
      'rejected|' || left(p_rejection, 100) || '|'
      || encode(sha256(coalesce(p_raw, convert_to(p_payload, 'UTF8'))), 'hex')
    ) as r;
    return;
  end if;
  v_stored := private.store_webhooks(
    jsonb_build_array(jsonb_build_object(
      'endpoint_id', p_endpoint_id, 'delivery_key', p_delivery_key, 'event_type', p_event_type,
      'payload', p_payload::jsonb, 'occurred_at', p_occurred_at
    )),
    false
  );
  event_id := (v_stored #>> '{0,event_id}')::bigint;
  outcome := v_stored #>> '{0,outcome}';
end;
$$;
comment on function integrations.receive_webhook(bigint, text, text, text, timestamptz, text, bytea) is
  'Stores one delivery and handles it, in one transaction. outcome: processed, ignored, duplicate, failed (stored, '
  'tried again by itself), dead (stored, its body cannot be handled) or rejected (p_rejection was given: kept as a '
  'dead letter). p_payload is JSON text without NUL; p_raw the bytes when they are no JSON. Errors: MR001 no such '
  'endpoint; 22P02, 22P05, 22003, 54001 jsonb refuses the text. Definer: webhook_receiver may read and write no '
  'table.';

create function integrations.receive_webhooks(p_deliveries jsonb)
returns jsonb
language plpgsql security definer
set search_path = ''
-- A batch holds the locks of many people and rows. It gives up before deadlock_timeout (1 s) would look for a victim.
set lock_timeout = '200ms'
as $$
begin
  return coalesce(private.store_webhooks(p_deliveries, true), '[]');
exception when deadlock_detected or lock_not_available then
  perform private.raise_error('MR003', 'Somebody else holds a lock.', null, 'Store the deliveries one by one.');
end;
$$;
comment on function integrations.receive_webhooks(jsonb) is
  'integrations.receive_webhook for deliveries that arrive together, [{endpoint_id, delivery_key, event_type, payload, '
  'occurred_at}], in one transaction: one flush for all, events of one type handled together, a savepoint for each '
  'handler. Answers [{event_id, outcome}] in the same order. An error stores none of them: call receive_webhook for '
  'each. MR003 is such an error: somebody else held a lock for 200 ms. Definer: webhook_receiver may read and write no '
  'table.';

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
