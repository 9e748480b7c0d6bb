-- Webhooks out: who is sent which events, and what came of it.
--
-- A client's endpoints stand in two documented tables: outbound.webhooks (of a team) and shared.webhook_subscriptions
-- (of a project). One mechanism serves both: the relay makes one job for each event and endpoint that wants it; the
-- worker asks outbound.get_delivery what to send, sends it, and tells outbound.record_delivery, which logs the attempt
-- and decides what follows. The schedule, the disabling and the counters are here; TypeScript only talks to the
-- endpoint.
--
-- Deliveries of one endpoint are not ordered: one that waits for its retry does not hold up the next. Each carries the
-- event's `sequence`, by which a receiver tells the newer of two.

-- Endpoints ------------------------------------------------------------------------------------------------------

create table outbound.webhooks (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references outbound.teams (id) on delete cascade,
  url text not null,
  secret varchar(255),
  events varchar(100)[] not null,
  active boolean default true,
  last_triggered_at timestamptz,
  failure_count integer default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  previous_secret text,
  previous_secret_expires_at timestamptz,
  failing_since timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  constraint url_is_http check (url ~ '^https?://[^[:space:]/@?#]+([/?][^[:space:]]*)?$'),
  constraint disabled_endpoint_is_not_active check (disabled_at is null or active is not true)
);
select private.keep_sealed('outbound.webhooks', 'secret');
select private.keep_sealed('outbound.webhooks', 'previous_secret');
create index idx_webhooks_team on outbound.webhooks (team_id);
create index idx_webhooks_active on outbound.webhooks (active) where active = true;
comment on table outbound.webhooks is
  'Endpoints of a client that are sent its events, signed as Standard Webhooks says. Switched off by itself when it '
  'answers 410 or fails for five days.';
comment on column outbound.webhooks.events is 'Types of integrations.event_catalogue, `lead.*`, or `*`.';
comment on column outbound.webhooks.secret is
  'Sealed whsec_... text; null sends without a signature. While previous_secret is valid, both sign.';
comment on column outbound.webhooks.failure_count is 'Attempts that failed, since the last that did not.';
comment on column outbound.webhooks.failing_since is 'When the first of those failed.';
select private.apply_team_policies('outbound.webhooks', 'staff');
revoke select on outbound.webhooks from authenticated;
grant select (
  id, team_id, url, events, active, last_triggered_at, failure_count, created_at, updated_at,
  previous_secret_expires_at, failing_since, disabled_at, disabled_reason
)
on outbound.webhooks to authenticated;

create table shared.webhook_subscriptions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references shared.users (id) on delete cascade,
  project_id uuid references shared.projects (id) on delete cascade,
  tenant_id text not null,
  name text not null,
  url text not null,
  events text[],
  subscribe_contact_events boolean default false,
  contact_event_types text[],
  contact_event_categories text[],
  active boolean default true,
  secret text,
  headers jsonb,
  retry_count bigint default 3,
  timeout_seconds bigint default 30,
  last_triggered_at timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  success_count bigint default 0,
  failure_count bigint default 0,
  version integer not null default 1,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  previous_secret text,
  previous_secret_expires_at timestamptz,
  failing_since timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  constraint url_is_http check (url ~ '^https?://[^[:space:]/@?#]+([/?][^[:space:]]*)?$'),
  constraint retry_count_is_possible check (retry_count between 0 and 9),
  constraint timeout_is_positive check (timeout_seconds > 0),
  constraint disabled_endpoint_is_not_active check (disabled_at is null or active is not true)
);
select private.keep_sealed('shared.webhook_subscriptions', 'secret');
select private.keep_sealed('shared.webhook_subscriptions', 'previous_secret');
create index webhook_subscriptions_user_id_idx on shared.webhook_subscriptions (user_id);
create index webhook_subscriptions_project_id_idx on shared.webhook_subscriptions (project_id);
create index webhook_subscriptions_tenant_id_idx on shared.webhook_subscriptions (tenant_id);
create index webhook_subscriptions_active_idx on shared.webhook_subscriptions (active) where active;
create index webhook_subscriptions_subscribe_contact_events_idx
on shared.webhook_subscriptions (subscribe_contact_events) where subscribe_contact_events;
create index webhook_subscriptions_deleted_at_idx
on shared.webhook_subscriptions (deleted_at) where deleted_at is not null;
create trigger _100_raise_version before update of url, events, active, secret, headers, name, deleted_at
on shared.webhook_subscriptions
for each row execute function private.tg_any__raise_version();
comment on table shared.webhook_subscriptions is
  'Endpoints of a project that are sent events; as outbound.webhooks, with headers of their own and fewer retries.';
comment on column shared.webhook_subscriptions.events is 'Types of integrations.event_catalogue, `lead.*`, or `*`.';
comment on column shared.webhook_subscriptions.subscribe_contact_events is
  'Sends contact.* events as well: those of contact_event_types (with or without `contact.`) and '
  'contact_event_categories (the data''s category), where these are given.';
comment on column shared.webhook_subscriptions.headers is
  'Sent with each delivery: an object of name and sealed value.';
comment on column shared.webhook_subscriptions.retry_count is 'Attempts after the first.';
comment on column shared.webhook_subscriptions.timeout_seconds is 'Of one attempt; more than 15 are 15.';
comment on column shared.webhook_subscriptions.version is
  'Raised when somebody changes the subscription, not when a delivery is counted.';
select private.apply_tenant_policies('shared.webhook_subscriptions', 'staff');
revoke select on shared.webhook_subscriptions from authenticated;
grant select (
  id, user_id, project_id, tenant_id, name, url, events, subscribe_contact_events, contact_event_types,
  contact_event_categories, active, retry_count, timeout_seconds, last_triggered_at, last_success_at, last_failure_at,
  success_count, failure_count, version, created_at, updated_at, deleted_at, previous_secret_expires_at, failing_since,
  disabled_at, disabled_reason
)
on shared.webhook_subscriptions to authenticated;

create function private.tg_endpoint__check()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_unknown text;
begin
  select e.name into v_unknown
  from unnest(new.events) as e (name)
  where e.name is distinct from '*'
    and not exists (
      select
      from integrations.event_catalogue c
      where e.name in (c.type, split_part(c.type, '.', 1) || '.*')
    )
  limit 1;
  if found then
    perform private.raise_error(
      'MR002', 'There is no such event.', v_unknown,
      'integrations.event_catalogue lists them; lead.* means all of lead.'
    );
  end if;
  if new.active then
    new.disabled_at := null;
    new.disabled_reason := null;
    if tg_op = 'UPDATE' and not old.active then
      new.failing_since := null;
      new.failure_count := 0;
    end if;
  end if;
  return new;
end;
$$;
comment on function private.tg_endpoint__check() is
  'Events must exist; an endpoint that is switched on again starts anew. Definer: the writer need not see the '
  'catalogue.';
create trigger _100_check before insert or update of events, active on outbound.webhooks
for each row execute function private.tg_endpoint__check();
create trigger _100_check before insert or update of events, active on shared.webhook_subscriptions
for each row execute function private.tg_endpoint__check();
create trigger _100_touch_updated_at before update on outbound.webhooks
for each row execute function extensions.moddatetime(updated_at);
create trigger _100_touch_updated_at before update on shared.webhook_subscriptions
for each row execute function extensions.moddatetime(updated_at);

-- Attempts -------------------------------------------------------------------------------------------------------

create table outbound.webhook_logs (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references outbound.webhooks (id) on delete cascade,
  event varchar(100) not null,
  payload jsonb not null,
  response_status integer,
  response_body text,
  response_time_ms integer,
  success boolean,
  error_message text,
  created_at timestamptz default now(),
  event_id uuid not null,
  attempt smallint not null default 1
);
create index idx_webhook_logs_webhook on outbound.webhook_logs (webhook_id, created_at);
create index idx_webhook_logs_created on outbound.webhook_logs (created_at);
comment on table outbound.webhook_logs is
  'Every attempt to deliver an event to an endpoint of outbound.webhooks; kept for 30 days.';
comment on column outbound.webhook_logs.response_body is 'The first 4,000 characters.';

create function private.caller_webhook_ids()
returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return array(
    select w.id from outbound.webhooks w where w.team_id = any((select private.caller_team_ids())::uuid[])
  );
end;
$$;
comment on function private.caller_webhook_ids() is
  'The rows of outbound.webhooks that the caller may read, for the policy of their logs. Definer: asked by the caller, '
  'every list of logs would plan the policy of the webhooks as well.';

select private.apply_policies(
  'outbound.webhook_logs', 'webhook_id = any((select private.caller_webhook_ids())::uuid[])', null
);

create table shared.webhook_subscription_logs (
  id uuid primary key default gen_random_uuid(),
  subscription_id uuid not null references shared.webhook_subscriptions (id) on delete cascade,
  event varchar(100) not null,
  payload jsonb not null,
  response_status integer,
  response_body text,
  response_time_ms integer,
  success boolean,
  error_message text,
  created_at timestamptz default now(),
  event_id uuid not null,
  attempt smallint not null default 1
);
create index webhook_subscription_logs_subscription_id_created_at_idx
on shared.webhook_subscription_logs (subscription_id, created_at);
create index webhook_subscription_logs_created_at_idx on shared.webhook_subscription_logs (created_at);
comment on table shared.webhook_subscription_logs is
  'As outbound.webhook_logs, for endpoints of shared.webhook_subscriptions.';

create function private.caller_subscription_ids()
returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return array(
    select s.id
    from shared.webhook_subscriptions s
    where s.tenant_id = any((select private.caller_tenant_ids())::text[])
  );
end;
$$;
comment on function private.caller_subscription_ids() is
  'As private.caller_webhook_ids, of shared.webhook_subscriptions. Definer for the same reason.';
grant execute on function private.caller_webhook_ids(), private.caller_subscription_ids() to authenticated;

select private.apply_policies(
  'shared.webhook_subscription_logs',
  'subscription_id = any((select private.caller_subscription_ids())::uuid[])', null
);

create view integrations.event_endpoints with (security_invoker = true) as
select
  w.id, 'webhook' as kind, t.tenant_id, t.business as client, null::text as name, w.url, w.events::text[] as events,
  w.active, w.failing_since, w.disabled_at, w.disabled_reason, w.last_triggered_at, w.created_at
from outbound.webhooks w
left join integrations.tenants t on t.team_id = w.team_id
union all
select
  s.id, 'subscription', s.tenant_id, t.business, s.name, s.url, s.events, s.active, s.failing_since, s.disabled_at,
  s.disabled_reason, s.last_triggered_at, s.created_at
from shared.webhook_subscriptions s
left join integrations.tenants t on t.tenant_id = s.tenant_id
where s.deleted_at is null;
comment on view integrations.event_endpoints is
  'The endpoints of both tables, without what is secret.';

create view integrations.delivery_attempts with (security_invoker = true) as
select
  l.id, l.webhook_id as endpoint_id, l.event_id, l.event, l.attempt, l.success, l.response_status, l.response_body,
  l.response_time_ms, l.error_message, l.payload, l.created_at
from outbound.webhook_logs l
union all
select
  l.id, l.subscription_id, l.event_id, l.event, l.attempt, l.success, l.response_status, l.response_body,
  l.response_time_ms, l.error_message, l.payload, l.created_at
from shared.webhook_subscription_logs l;
comment on view integrations.delivery_attempts is
  'The attempts to deliver to the endpoints of both tables.';
grant select on integrations.event_endpoints, integrations.delivery_attempts to authenticated, service_role;

-- Who gets what --------------------------------------------------------------------------------------------------

create view private.listening_endpoints with (security_invoker = true) as
select
  w.id, t.tenant_id, w.events::text[] as events, false as contact_events, null::text[] as contact_types,
  null::text[] as contact_categories, 10 as attempts
from outbound.webhooks w
join integrations.tenants t on t.team_id = w.team_id
where w.active
union all
select
  s.id, s.tenant_id, s.events, s.subscribe_contact_events, nullif(s.contact_event_types, '{}'),
  nullif(s.contact_event_categories, '{}'), coalesce(s.retry_count, 3)::integer + 1
from shared.webhook_subscriptions s
where s.active
  and s.deleted_at is null;
comment on view private.listening_endpoints is
  'Both kinds of endpoints that are active, and what they listen to.';

create function private.wants_event(p_endpoint private.listening_endpoints, p_type text, p_data jsonb)
returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
  if p_endpoint.events && array[p_type, split_part(p_type, '.', 1) || '.*', '*'] then
    return true;
  end if;
  return coalesce(p_endpoint.contact_events, false)
    and p_type like 'contact.%'
    and coalesce(
      p_endpoint.contact_types && array[p_type, substr(p_type, 9), 'contact.*', '*'], p_endpoint.contact_types is null
    )
    and coalesce(p_data ->> 'category' = any(p_endpoint.contact_categories), p_endpoint.contact_categories is null);
end;
$$;
comment on function private.wants_event(private.listening_endpoints, text, jsonb) is
  'Whether an endpoint listens to an event of its client: by exact type, `lead.*`, `*`, or the contact settings.';

create function private.fan_out_webhooks(p_event_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_jobs jsonb;
  v_events uuid[];
begin
  if not exists (select from private.listening_endpoints) then
    return null;
  end if;
  select
    jsonb_agg(
      jsonb_build_object(
        'queue', 'webhooks', 'type', 'deliver_webhook', 'max_attempts', l.attempts,
        'payload', jsonb_build_object('endpoint_id', l.id, 'event_id', e.event_id)
      )
      order by e.position
    ),
    array_agg(distinct e.event_id)
  into v_jobs, v_events
  from private.listening_endpoints l
  join shared.outbox_events e on e.tenant_id = l.tenant_id and private.wants_event(l, e.event_type, e.event_data)
  where e.event_id = any(p_event_ids);
  if v_jobs is not null then
    perform outbound.enqueue_jobs(v_jobs);
  end if;
  return v_events;
end;
$$;
comment on function private.fan_out_webhooks(uuid[]) is
  'The consumer `webhooks`: one job for each event and endpoint that wants it, in the order of the events.';
insert into integrations.event_consumers (name, handler) values ('webhooks', 'private.fan_out_webhooks');

-- An endpoint that takes its time must not take all workers.
insert into outbound.rate_limits (name, amount, per, burst, concurrency) values ('webhook', 100, '1 second', 100, 5);
insert into outbound.job_limits (job_type, rate_limit, key_field) values ('deliver_webhook', 'webhook', 'endpoint_id');

-- One delivery ---------------------------------------------------------------------------------------------------

create function private.delivery_body(p_event_id uuid)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', l.id, 'type', l.event_type, 'version', l.event_version, 'timestamp', l.occurred_at, 'sequence', l.sequence,
    'client', t.business, 'data', l.payload
  )
  from shared.domain_event_logs l
  left join integrations.tenants t on t.tenant_id = l.tenant_id
  where l.id = p_event_id
$$;
comment on function private.delivery_body(uuid) is 'What is sent of an event: the same to everybody, at every attempt.';

create function outbound.get_delivery(p_endpoint_id uuid, p_event_id uuid)
returns table (url text, secrets text[], headers jsonb, timeout_ms integer, event text, body text)
language sql stable security definer
set search_path = ''
as $$
  select
    e.url,
    array_remove(array[
      e.secret, case when e.previous_secret_expires_at > private.clock() then e.previous_secret end
    ], null),
    coalesce(e.headers, '{}'), 1000 * least(coalesce(e.timeout_seconds, 15), 15)::integer, b.body ->> 'type',
    b.body::text
  from (
    select w.id, w.url, w.secret, w.previous_secret, w.previous_secret_expires_at, null::jsonb as headers,
      15::bigint as timeout_seconds, w.active
    from outbound.webhooks w
    union all
    select s.id, s.url, s.secret, s.previous_secret, s.previous_secret_expires_at, s.headers, s.timeout_seconds,
      s.active and s.deleted_at is null
    from shared.webhook_subscriptions s
  ) as e
  cross join lateral (select private.delivery_body(p_event_id) as body) as b
  where e.id = p_endpoint_id
    and e.active
    and b.body is not null
$$;
comment on function outbound.get_delivery(uuid, uuid) is
  'What to send where; secrets and headers are sealed. No row: the endpoint is switched off or gone, or the event is. '
  'Definer: job_worker may read no table.';

create function private.webhook_wait(p_attempt integer)
returns integer
language sql immutable
set search_path = ''
as $$
  select (array[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400])[least(greatest(p_attempt, 1), 9)]
$$;
comment on function private.webhook_wait(integer) is
  'Seconds until the attempt after this one: 5 s, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours. The queue adds up '
  'to a tenth, so that retries spread.';

create function private.log_attempt(
  p_endpoint_id uuid, p_event_id uuid, p_attempt integer, p_status integer, p_body text, p_milliseconds integer,
  p_success boolean, p_error text
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_body jsonb := private.delivery_body(p_event_id);
begin
  insert into outbound.webhook_logs (
    webhook_id, event, payload, response_status, response_body, response_time_ms, success, error_message, event_id,
    attempt, created_at
  )
  select w.id, v_body ->> 'type', v_body, p_status, p_body, p_milliseconds, p_success, p_error, p_event_id, p_attempt,
    private.clock()
  from outbound.webhooks w
  where w.id = p_endpoint_id
    and v_body is not null;
  insert into shared.webhook_subscription_logs (
    subscription_id, event, payload, response_status, response_body, response_time_ms, success, error_message,
    event_id, attempt, created_at
  )
  select s.id, v_body ->> 'type', v_body, p_status, p_body, p_milliseconds, p_success, p_error, p_event_id, p_attempt,
    private.clock()
  from shared.webhook_subscriptions s
  where s.id = p_endpoint_id
    and v_body is not null;
end;
$$;
comment on function private.log_attempt(uuid, uuid, integer, integer, text, integer, boolean, text) is
  'One row in the log of the endpoint''s table.';

create function private.count_attempt(p_endpoint_id uuid, p_success boolean, p_gone boolean)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_reason text;
  v_tenant_id text;
  v_url text;
begin
  -- Whichever table has the endpoint; the other update finds nothing.
  update outbound.webhooks w
  set last_triggered_at = v_now,
      failure_count = case when p_success then 0 else w.failure_count + 1 end,
      failing_since = case when not p_success then coalesce(w.failing_since, v_now) end
  where w.id = p_endpoint_id;
  update shared.webhook_subscriptions s
  set last_triggered_at = v_now,
      last_success_at = case when p_success then v_now else s.last_success_at end,
      last_failure_at = case when p_success then s.last_failure_at else v_now end,
      success_count = s.success_count + p_success::integer,
      failure_count = s.failure_count + (not p_success)::integer,
      failing_since = case when not p_success then coalesce(s.failing_since, v_now) end
  where s.id = p_endpoint_id;

  select
    case
      when p_gone then 'It answered 410 Gone.'
      when e.failing_since <= v_now - interval '5 days' then 'Every attempt failed for five days.'
    end,
    e.tenant_id, e.url
  into v_reason, v_tenant_id, v_url
  from integrations.event_endpoints e
  where e.id = p_endpoint_id
    and e.active;
  if v_reason is not null then
    perform private.disable_endpoint(p_endpoint_id, v_reason);
  end if;
  return v_reason;
end;
$$;
comment on function private.count_attempt(uuid, boolean, boolean) is
  'Counts an attempt on its endpoint. Answers why the endpoint was switched off, if it was.';

create function private.disable_endpoint(p_endpoint_id uuid, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_endpoint integrations.event_endpoints;
begin
  select e.* into v_endpoint from integrations.event_endpoints e where e.id = p_endpoint_id;
  update outbound.webhooks w
  set active = false, disabled_at = private.clock(), disabled_reason = p_reason
  where w.id = p_endpoint_id;
  update shared.webhook_subscriptions s
  set active = false, disabled_at = private.clock(), disabled_reason = p_reason
  where s.id = p_endpoint_id;
  perform private.emit_event(
    'webhook.disabled', v_endpoint.client, 'webhook', p_endpoint_id,
    jsonb_build_object(
      'endpoint_id', p_endpoint_id, 'kind', v_endpoint.kind, 'name', v_endpoint.name, 'url', v_endpoint.url,
      'reason', p_reason, 'failing_since', v_endpoint.failing_since
    ),
    private.clock()
  );
end;
$$;
comment on function private.disable_endpoint(uuid, text) is
  'Switches an endpoint off and tells its owner by an event, which their other endpoints get.';
insert into integrations.event_catalogue (type, context, description, example)
values (
  'webhook.disabled', 'platform',
  'An endpoint of yours was switched off, as it answered 410 or failed for five days. Sent to your other endpoints.',
  '{
    "endpoint_id": "5f0c4c1e-3c57-4c0e-9a65-5c1f2f0f9d11", "kind": "webhook", "name": null,
    "url": "https://hooks.example.com/millrace", "reason": "Every attempt failed for five days.",
    "failing_since": "2026-03-02T14:00:00+00:00"
  }'
);

create function outbound.record_delivery(
  p_endpoint_id uuid,
  p_event_id uuid,
  p_attempt integer,
  p_max_attempts integer,
  p_status integer,
  p_body text,
  p_milliseconds integer,
  p_error text default null,
  p_retry_after integer default null
)
returns table (outcome text, retry_in integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_success boolean := coalesce(p_status between 200 and 299, false);
  v_disabled text;
begin
  perform private.log_attempt(
    p_endpoint_id, p_event_id, p_attempt, p_status, left(p_body, 4000), p_milliseconds, v_success, left(p_error, 1000)
  );
  v_disabled := private.count_attempt(p_endpoint_id, v_success, coalesce(p_status = 410, false));
  outcome := case
    when v_success then 'delivered'
    when v_disabled is not null then 'disabled'
    when p_attempt >= p_max_attempts then 'exhausted'
    else 'retry'
  end;
  if outcome = 'retry' then
    -- A receiver may ask for more time, up to a day, never for less.
    -- Attempts beyond ten were given back by workers that had to stop: they took no step of the schedule.
    retry_in := greatest(
      private.webhook_wait(p_attempt - greatest(p_max_attempts - 10, 0)), least(coalesce(p_retry_after, 0), 86400)
    );
  end if;
  return next;
end;
$$;
comment on function outbound.record_delivery(uuid, uuid, integer, integer, integer, text, integer, text, integer) is
  'Logs an attempt and says what follows: delivered (2xx), retry in so many seconds, exhausted (it was the last), '
  'disabled (410, or five days of failure: the endpoint is off). p_status null: no answer, p_error says why. '
  'Definer: job_worker may write no table.';
grant execute on function
  outbound.get_delivery(uuid, uuid),
  outbound.record_delivery(uuid, uuid, integer, integer, integer, text, integer, text, integer)
to job_worker;

-- By hand --------------------------------------------------------------------------------------------------------

create function private.check_endpoint_right(p_endpoint_id uuid)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_tenant_id text := (select e.tenant_id from integrations.event_endpoints e where e.id = p_endpoint_id);
begin
  if v_tenant_id is null
    or (auth.role() = 'authenticated' and v_tenant_id <> all(private.caller_tenant_ids('staff')))
  then
    perform private.raise_error('MR001', 'There is no such endpoint.', p_endpoint_id::text);
  end if;
  return v_tenant_id;
end;
$$;
comment on function private.check_endpoint_right(uuid) is
  'The tenant of an endpoint; MR001 when it is unknown or a signed-in caller is not its staff.';

create function integrations.replay_deliveries(p_endpoint_id uuid, p_event_ids uuid[])
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_tenant_id text := private.check_endpoint_right(p_endpoint_id);
begin
  return outbound.enqueue_jobs(coalesce(
    (
      select jsonb_agg(
        jsonb_build_object(
          'queue', 'webhooks', 'type', 'deliver_webhook', 'max_attempts', coalesce(e.attempts, 10),
          'payload', jsonb_build_object('endpoint_id', p_endpoint_id, 'event_id', l.id),
          'dedupe_key', 'webhook:' || p_endpoint_id || ':' || l.id
        )
        order by l.sequence
      )
      from shared.domain_event_logs l
      left join private.listening_endpoints e on e.id = p_endpoint_id
      where l.id = any(p_event_ids)
        and l.tenant_id = v_tenant_id
    ),
    '[]'
  ));
end;
$$;
comment on function integrations.replay_deliveries(uuid, uuid[]) is
  'A person has events delivered again, now, with the whole schedule before them. Answers how many; events of other '
  'clients are none. MR001: no such endpoint. Definer: the queue and the log are not the caller''s; their right is '
  'checked.';

create function integrations.replay_failed_deliveries(
  p_endpoint_id uuid, p_since timestamptz, p_limit integer default 1000
)
returns integer
language plpgsql security definer
set search_path = ''
as $$
begin
  return integrations.replay_deliveries(p_endpoint_id, array(
    select a.event_id
    from integrations.delivery_attempts a
    where a.endpoint_id = p_endpoint_id
    group by a.event_id
    having not bool_or(a.success) and max(a.created_at) >= p_since
    order by max(a.created_at)
    limit p_limit
  ));
end;
$$;
comment on function integrations.replay_failed_deliveries(uuid, timestamptz, integer) is
  'As integrations.replay_deliveries, for the events that were tried since then and never delivered. Definer: for the '
  'same reason.';

create function integrations.rotate_endpoint_secret(
  p_endpoint_id uuid, p_secret text, p_overlap interval default interval '24 hours'
)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.check_endpoint_right(p_endpoint_id);
  update outbound.webhooks w
  set previous_secret = w.secret, previous_secret_expires_at = private.clock() + p_overlap, secret = p_secret
  where w.id = p_endpoint_id;
  update shared.webhook_subscriptions s
  set previous_secret = s.secret, previous_secret_expires_at = private.clock() + p_overlap, secret = p_secret
  where s.id = p_endpoint_id;
end;
$$;
comment on function integrations.rotate_endpoint_secret(uuid, text, interval) is
  'Gives an endpoint a new sealed secret; both sign for the overlap. Definer: nobody reads the old one; the caller''s '
  'right is checked.';
grant execute on function
  integrations.replay_deliveries(uuid, uuid[]),
  integrations.replay_failed_deliveries(uuid, timestamptz, integer),
  integrations.rotate_endpoint_secret(uuid, text, interval)
to authenticated;

create function private.sweep_webhook_logs(p_keep interval default interval '30 days', p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_more integer;
begin
  delete from outbound.webhook_logs l
  where l.id = any(array(
    select old.id from outbound.webhook_logs old where old.created_at < private.clock() - p_keep limit p_limit
  ));
  get diagnostics deleted = row_count;
  delete from shared.webhook_subscription_logs l
  where l.id = any(array(
    select old.id
    from shared.webhook_subscription_logs old
    where old.created_at < private.clock() - p_keep
    limit p_limit
  ));
  get diagnostics v_more = row_count;
  has_more := greatest(deleted, v_more) >= p_limit;
  deleted := deleted + v_more;
  return next;
end;
$$;
comment on function private.sweep_webhook_logs(interval, integer) is
  'Deletes attempts older than 30 days, at most p_limit a table.';
