-- What becomes of stored deliveries later: failed ones are tried again, a person replays, missing ones are ingested
-- from the provider's own list, old ones are swept.

create function private.lock_people_of_webhook(p_event_id bigint, p_payload jsonb default null)
returns bigint
language plpgsql
set search_path = ''
as $$
begin
  return (
    select count(pg_advisory_xact_lock(k.key))
    from (
      select
        unnest(array[
          case when e.provider = 'calendly' then private.person_key(e.client, 'bookings') end,
          private.person_key(e.client, coalesce(p_payload, e.payload))
        ]) as key
      from integrations.webhook_events e
      where e.id = p_event_id
    ) as k
    where k.key is not null
  );
end;
$$;
comment on function private.lock_people_of_webhook(bigint, jsonb) is
  'The locks that a delivery takes, for a stored event, or for the payload that will take the place of its own. Taken '
  'before its row is, as a delivery does. Answers how many that are.';

create function private.handle_webhook_again(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_handler record;
begin
  select h.handler, h.takes_many into v_handler
  from integrations.webhook_handlers h
  where h.provider = p_event.provider
    and h.event_type = p_event.event_type;
  update integrations.webhook_events e
  set status = case when v_handler.handler is null then 'ignored' else 'processed' end,
      attempts = least(e.attempts + 1, 32000),
      next_attempt_at = null,
      last_sqlstate = null,
      last_error = null
  where e.id = p_event.id;
  if v_handler.handler is not null then
    perform private.run_webhook_handler(v_handler.handler, v_handler.takes_many, array[p_event.id]);
  end if;
  return (select e.status from integrations.webhook_events e where e.id = p_event.id);
end;
$$;
comment on function private.handle_webhook_again(integrations.webhook_events) is
  'One more attempt at a stored event that the caller has locked. Answers its status.';

create function integrations.retry_failed_webhooks(p_limit integer default 100)
returns table (processed integer, failed integer, dead integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id bigint;
  v_event integrations.webhook_events;
  v_outcome text;
begin
  processed := 0;
  failed := 0;
  dead := 0;
  has_more := false;
  -- One run at a time: it holds the persons' locks of all its events until it commits.
  if pg_try_advisory_xact_lock(hashtext('integrations.retry_failed_webhooks')) then
    for v_id in
      select e.id
      from integrations.webhook_events e
      where e.status = 'failed'
        and e.next_attempt_at <= private.clock()
      order by e.next_attempt_at, e.id
      limit p_limit
    loop
      perform private.lock_people_of_webhook(v_id);
      select e.* into v_event
      from integrations.webhook_events e
      where e.id = v_id
        and e.status = 'failed'
      for update skip locked;
      continue when not found;
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

create function private.webhook_type(p_provider text, p_payload jsonb)
returns text
language sql immutable
set search_path = ''
as $$
  select nullif(
    case p_provider
      when 'bison' then upper(btrim(p_payload #>> '{event,type}'))
      when 'fathom' then case when p_payload ->> 'recording_id' <> '' then 'new_meeting_content_ready' end
      else btrim(p_payload ->> 'event')
    end,
    ''
  )
$$;
comment on function private.webhook_type(text, jsonb) is
  'The event type that a body tells, as the function that receives it reads it (shared/<provider>.ts); null for none.';

create function private.check_replay(p_event integrations.webhook_events, p_payload jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_event.status = 'processed' then
    perform private.raise_error(
      'MR003', 'This event was processed; its effects are in the tables.', p_event.id::text,
      'Only failed, dead and ignored events can be replayed.'
    );
  elsif coalesce(p_payload, p_event.payload) is null and p_event.raw_body is null then
    perform private.raise_error(
      'MR002', 'Nothing of this event is left, as its person was erased.', p_event.id::text,
      'If they came back, call replay_webhook(id, payload) with its body.'
    );
  elsif coalesce(p_payload, p_event.payload) is null then
    perform private.raise_error(
      'MR002', 'The stored body is no JSON, so no handler can read it.', p_event.last_error,
      'Look at raw_body and call replay_webhook(id, corrected_payload).'
    );
  elsif private.is_about_suppressed(coalesce(p_payload, p_event.payload)) then
    perform private.raise_error(
      'MR003', 'This event is about a person who asked to be forgotten.', p_event.id::text,
      'An admin may lift that: integrations.lift_suppression.'
    );
  end if;
end;
$$;
comment on function private.check_replay(integrations.webhook_events, jsonb) is
  'The errors of integrations.replay_webhook about an event and its corrected payload.';

create function integrations.replay_webhook(p_event_id bigint, p_payload jsonb default null)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_event integrations.webhook_events;
  v_locks bigint := private.lock_people_of_webhook(p_event_id, p_payload);
begin
  select e.* into v_event from integrations.webhook_events e where e.id = p_event_id for update;
  if not found then
    perform private.raise_error('MR001', 'No webhook event has this id.', p_event_id::text);
  end if;
  perform private.check_replay(v_event, p_payload);

  if p_payload is not null then
    -- A body that could not be read, or was not kept, told no type.
    if v_event.event_type in ('unknown', 'suppressed') then
      v_event.event_type := private.webhook_type(v_event.provider, p_payload);
    end if;
    if v_event.event_type is null then
      perform private.raise_error(
        'MR002', 'The corrected body tells no event type.', p_event_id::text,
        'Give the whole body as the provider sends it.'
      );
    end if;
    update integrations.webhook_events e
    set payload = p_payload, event_type = v_event.event_type
    where e.id = p_event_id;
  end if;
  return private.handle_webhook_again(v_event);
end;
$$;
comment on function integrations.replay_webhook(bigint, jsonb) is
  'A person has a failed, dead or ignored event handled now, with a corrected payload if given: of a body that could '
  'not be read, the corrected one tells the type. Answers processed, ignored, failed or dead. Errors: MR001 no such '
  'event, MR002 nothing readable to handle, MR003 already processed, or about a person who was erased. Definer: handlers '
  'write what the caller may not.';

create function integrations.reconcile_webhooks(p_endpoint_id bigint, p_events jsonb)
returns table (ingested integer, known integer, failed integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_endpoint record;
  v_missing jsonb;
begin
  select e.client, e.provider into v_endpoint
  from integrations.webhook_endpoints e
  where e.id = p_endpoint_id
    and e.is_active;
  if not found then
    perform private.raise_error('MR001', 'No active webhook endpoint has this id.', p_endpoint_id::text);
  end if;
  select
    jsonb_agg(to_jsonb(r) || jsonb_build_object('endpoint_id', p_endpoint_id) order by r.occurred_at, r.delivery_key)
  into v_missing
  from jsonb_to_recordset(p_events) as r (delivery_key text, event_type text, payload jsonb, occurred_at timestamptz)
  where not exists (
    select
    from integrations.webhook_events e
    where e.delivery_key = r.delivery_key
      and e.client = v_endpoint.client
      and e.provider = v_endpoint.provider
  );
  select
    count(*) filter (where s.item ->> 'outcome' in ('processed', 'ignored')),
    count(*) filter (where s.item ->> 'outcome' in ('failed', 'dead'))
  into ingested, failed
  from jsonb_array_elements(private.store_webhooks(coalesce(v_missing, '[]'), false)) as s (item);
  known := jsonb_array_length(p_events) - ingested - failed;
  return next;
end;
$$;
comment on function integrations.reconcile_webhooks(bigint, jsonb) is
  'Ingests what is missing from one page of a provider''s own event list: [{delivery_key, event_type, payload, '
  'occurred_at}], keys as the receiving function makes them. Events already stored are only counted. MR001: no such '
  'endpoint. Definer: handlers write what the caller may not.';

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
  with swept as (
    delete from integrations.webhook_events e
    where e.id = any(array(
      select old.id
      from integrations.webhook_events old
      where old.received_at < private.clock() - p_keep
        and old.status in ('processed', 'ignored')
      order by old.id
      limit p_limit
      for update skip locked
    ))
    returning e.id
  ),
  forgotten as (
    delete from integrations.webhook_repeats r where r.event_id = any(array(select s.id from swept s))
  )
  select count(*) into deleted from swept;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function integrations.sweep_webhook_events(interval, integer) is
  'Deletes handled events older than p_keep (at least 30 days), at most p_limit a call. Failed and dead ones stay. '
  'Definer: nobody else deletes events.';
