-- EmailBison's own list of events (ten days of it) compared with what webhooks brought. What is missing goes the way of
-- a delivery, so an outage of up to ten days heals by itself.
--
-- Events with an id are found by their delivery key. Those without (tags, accounts, warm-up) are known by their body
-- and the five minutes in which they came, which the list cannot tell: each listed one is given one stored event of the
-- same body that came in the day after it, and is remembered by its number in the list.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('reconciliation.patience_minutes', 60, 'minutes', 10, 1440,
    'An event without an id of its own that is younger is left to its webhook.'),
  ('reconciliation.notice_from', 20, 'events', 1, 100000, 'People are told when one run found so many missing.');

insert into integrations.notice_kinds (kind, description, severity)
values ('events_recovered', 'Events had not come by webhook and were read from EmailBison''s list.', 'warning');

create table private.listed_events (
  endpoint_id bigint not null references integrations.webhook_endpoints (id) on delete cascade,
  listed_id bigint not null,
  event_id bigint not null,
  listed_at timestamptz not null,
  primary key (endpoint_id, listed_id),
  constraint listed_events_event_id_key unique (event_id)
);
create index listed_events_listed_at_idx on private.listed_events (listed_at);
comment on table private.listed_events is
  'Which event of EmailBison''s list is which of ours, of those without an id. event_id is '
  'integrations.webhook_events.id.';
alter table private.listed_events enable row level security;

create function private.bison_endpoint(p_client text)
returns bigint
language sql stable
set search_path = ''
as $$
  select e.id
  from integrations.webhook_endpoints e
  join public."Clients" c on c."Business" = e.client
  where e.client = p_client
    and e.provider = 'bison'
    and e.is_active
  order by e.workspace_id is not distinct from c."Client ID - Bison" desc, e.id
  limit 1
$$;
comment on function private.bison_endpoint(text) is 'The endpoint that a client''s listed events belong to.';

create function private.find_listed_event(p_client text, p_event jsonb)
returns bigint
language sql stable
set search_path = ''
as $$
  select e.id
  from integrations.webhook_events e
  where e.delivery_key = any(array(
      -- A day of retries, and clocks that differ by a little.
      select (p_event ->> 'key_start') || '|' || b
      from generate_series((p_event ->> 'bucket')::bigint - 2, (p_event ->> 'bucket')::bigint + 290) as b
    ))
    and e.client = p_client
    and e.provider = 'bison'
    and not exists (select from private.listed_events l where l.event_id = e.id)
  order by e.id
  limit 1
$$;
comment on function private.find_listed_event(text, jsonb) is
  'The first stored event of the same body from the day after it that is no other listed one''s.';

create function private.reconcile_by_body(p_endpoint_id bigint, p_client text, p_events jsonb, p_asked_at timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := p_asked_at - private.setting('reconciliation.patience_minutes') * interval '1 minute';
  v_event jsonb;
  v_id bigint;
  v_found integer := 0;
begin
  for v_event in
    select e.item
    from jsonb_array_elements(p_events) as e (item)
    where (e.item ->> 'created_at')::timestamptz < v_until
      and not exists (
        select
        from private.listed_events l
        where l.endpoint_id = p_endpoint_id
          and l.listed_id = (e.item ->> 'id')::bigint
      )
    -- The newest takes the first one stored after it, so that each finds its own.
    order by (e.item ->> 'created_at')::timestamptz desc, (e.item ->> 'id')::bigint desc
  loop
    v_id := private.find_listed_event(p_client, v_event);
    if v_id is null then
      v_id := (private.store_webhooks(jsonb_build_array(
        v_event || jsonb_build_object(
          'endpoint_id', p_endpoint_id,
          'delivery_key', concat_ws('|', v_event ->> 'key_start', 'listed', v_event ->> 'id')
        )
      ), false) #>> '{0,event_id}')::bigint;
      v_found := v_found + 1;
    end if;
    insert into private.listed_events (endpoint_id, listed_id, event_id, listed_at)
    values (p_endpoint_id, (v_event ->> 'id')::bigint, v_id, (v_event ->> 'created_at')::timestamptz)
    on conflict do nothing;
  end loop;
  return v_found;
end;
$$;
comment on function private.reconcile_by_body(bigint, text, jsonb, timestamptz) is
  'Ingests of a page of events without ids those that never came. Answers how many.';

create function private.store_bison_events(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_endpoint_id bigint := private.bison_endpoint(p_list.client);
  v_with_id jsonb;
  v_by_body jsonb;
  v_found integer;
begin
  select
    coalesce(jsonb_agg(r.item) filter (where r.item ->> 'key_start' is null), '[]'),
    coalesce(jsonb_agg(r.item) filter (where r.item ->> 'key_start' is not null), '[]')
  into v_with_id, v_by_body
  from jsonb_array_elements(p_rows) as r (item);
  select r.ingested + r.failed + private.reconcile_by_body(v_endpoint_id, p_list.client, v_by_body, p_asked_at)
  into v_found
  from integrations.reconcile_webhooks(v_endpoint_id, v_with_id) as r;
  update integrations.sync_cursors c set found = c.found + v_found where c.id = p_list.id and v_found > 0;
  return private.is_read_far_enough(p_rows, p_list.since);
end;
$$;
comment on function private.store_bison_events(integrations.sync_cursors, jsonb, timestamptz) is
  'A page of GET /events, each with its delivery_key, or its key_start and bucket: what is not stored is taken in.';

create function private.finish_bison_events(p_list integrations.sync_cursors)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_found integer := (select c.found from integrations.sync_cursors c where c.id = p_list.id);
begin
  if v_found >= private.setting('reconciliation.notice_from') then
    perform integrations.notify(
      'events_recovered', p_list.client, p_list.run::text,
      format(
        '%s of %s events in EmailBison''s list had not come by webhook for %s. They are taken in now; see whether the '
        'webhook URL answers.', v_found, p_list.rows, p_list.client
      )
    );
  end if;
end;
$$;
comment on function private.finish_bison_events(integrations.sync_cursors) is
  'Tells people of an outage that was healed.';

insert into integrations.sync_resources (resource, store, finish, paging, priority, overlap)
values ('events', 'private.store_bison_events', 'private.finish_bison_events', 'cursor', -10, '3 hours');

create function integrations.start_reconciliations(p_limit integer default 100)
returns table (started integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_client text;
begin
  delete from private.listed_events l
  where (l.endpoint_id, l.listed_id) in (
    select o.endpoint_id, o.listed_id
    from private.listed_events o
    where o.listed_at < private.clock() - interval '12 days'
    limit 5000
  );
  started := 0;
  for v_client in
    select c."Business"
    from public."Clients" c
    left join integrations.sync_cursors s on s.client = c."Business" and s.resource = 'events' and s.scope = ''
    where c."Api Key - Bison" is not null
      and c."App URL- Bison" is not null
      and private.client_setting(c."Business", 'sync.enabled') = 1
      and private.bison_endpoint(c."Business") is not null
      and coalesce(s.started_at, '-infinity') < private.clock() - interval '30 minutes'
    order by s.started_at nulls first, c."Business"
    limit p_limit
  loop
    started := started + (integrations.start_sync(v_client, 'events') = 'started')::integer;
  end loop;
  has_more := started >= p_limit;
  return next;
end;
$$;
comment on function integrations.start_reconciliations(integer) is
  'Compares EmailBison''s list of events with ours, for every client not done in the last half hour; called by cron '
  'each hour. For one client at once: integrations.start_sync(client, ''events''). Definer: callers may not write '
  'cursors.';
