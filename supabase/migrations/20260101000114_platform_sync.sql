-- Lists that are read from providers page by page: where each stands, and the run that reads it.
--
-- A page is a job: it asks what to request, calls the provider and hands the answer to integrations.store_sync_page,
-- which stores it, moves the list on and enqueues the next page, in one transaction. So a run goes on wherever a worker
-- died; a page that is stored already, or whose run is over, stores nothing. Lock order: the list, then its rows.
--
-- Numbered pages shift when rows come and go. A pass over them counts only if the provider named the same total on
-- every page and as many different rows were seen; else the list is read again, three times at most.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('sync.enabled', 1, 'switch', 0, 1, 'Whether lists are read from the providers; set 0 for a client that must wait.'),
  ('sync.hour', 3, 'hours', 0, 23, 'The nightly syncs start from this hour on, by the client''s clock.'),
  ('sync.stalled_minutes', 30, 'minutes', 5, 1440, 'A run that stored no page for so long is given up and begun anew.');

create table integrations.sync_resources (
  resource text primary key,
  store text not null,
  finish text,
  paging text not null,
  priority integer not null default 0,
  overlap interval not null default '0',
  constraint paging_is_known check (paging in ('pages', 'cursor')),
  constraint functions_are_qualified check (
    concat_ws(' ', store, finish) ~ '^[a-z_]+[.][a-z0-9_]+( [a-z_]+[.][a-z0-9_]+)?$'
  )
);
comment on table integrations.sync_resources is
  'What can be read. store(list, rows, asked_at) returns boolean stores a page in one go and says whether no further '
  'one is needed; finish(list) returns void runs after the last one.';
comment on column integrations.sync_resources.overlap is
  'How far before the end of the last run the next one reads, as providers date rows before they show them.';
select private.apply_agency_policies('integrations.sync_resources', 'none');

create table integrations.sync_cursors (
  id uuid primary key default gen_random_uuid(),
  client text not null references integrations.tenants (business) on update cascade on delete cascade,
  resource text not null references integrations.sync_resources (resource) on update cascade on delete cascade,
  scope text not null default '',
  state text not null default 'idle',
  done_until timestamptz,
  run uuid,
  page jsonb,
  since timestamptz,
  asked_at timestamptz,
  pass smallint not null default 0,
  pages integer not null default 0,
  rows integer not null default 0,
  found integer not null default 0,
  total integer,
  is_shifted boolean not null default false,
  started_at timestamptz,
  moved_at timestamptz,
  finished_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  constraint sync_cursors_client_resource_scope_key unique (client, resource, scope),
  constraint state_is_known check (state in ('idle', 'running', 'blocked')),
  constraint running_has_a_page check (state <> 'running' or (run is not null and page is not null))
)
with (fillfactor = 50);
create index sync_cursors_resource_idx on integrations.sync_cursors (resource);
create index sync_cursors_client_resource_id_idx on integrations.sync_cursors (client, resource, id);
comment on table integrations.sync_cursors is
  'A list of a client at a provider. blocked: a person must do something first, last_error says what.';
comment on column integrations.sync_cursors.scope is 'What of the resource, such as one campaign; blank: all.';
comment on column integrations.sync_cursors.done_until is
  'Everything that the provider had then is stored; the next run reads what is newer.';
comment on column integrations.sync_cursors.page is
  'The page that the run wants next: {"number": 3} or {"cursor": "..."}.';
comment on column integrations.sync_cursors.since is 'How far back the run reads; null: everything.';
comment on column integrations.sync_cursors.found is
  'Of the run''s rows, those that should have come by webhook and had not.';
comment on column integrations.sync_cursors.is_shifted is 'The total changed while the pass was read.';
select private.apply_client_policies('integrations.sync_cursors', 'none');

create table private.sync_seen (
  list uuid not null references integrations.sync_cursors (id) on delete cascade,
  external_id bigint not null,
  primary key (list, external_id)
);
comment on table private.sync_seen is 'Which rows the present pass over a numbered list has seen.';
alter table private.sync_seen enable row level security;

insert into integrations.notice_kinds (kind, description, severity)
values (
  'sync_blocked', 'A provider refuses our key, so that nothing is read from it until a person renews it.', 'urgent'
);

-- Starting ---------------------------------------------------------------------------------------------------------

create function private.enqueue_sync_page(p_list integrations.sync_cursors)
returns uuid
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'sync', 'sync_page',
    jsonb_build_object('client', p_list.client, 'list', p_list.id, 'run', p_list.run, 'page', p_list.page),
    p_priority => (select r.priority from integrations.sync_resources r where r.resource = p_list.resource),
    p_max_attempts => 10
  )
$$;
comment on function private.enqueue_sync_page(integrations.sync_cursors) is
  'The job of the page that a run wants next.';

create function private.first_sync_page(p_resource text)
returns jsonb
language sql stable
set search_path = ''
as $$
  select case r.paging when 'pages' then '{"number": 1}' else '{"cursor": null}' end::jsonb
  from integrations.sync_resources r
  where r.resource = p_resource
$$;
comment on function private.first_sync_page(text) is 'Where a run begins.';

create function integrations.start_sync(p_client text, p_resource text, p_scope text default '')
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_stalled timestamptz := v_now - private.setting('sync.stalled_minutes') * interval '1 minute';
  v_list integrations.sync_cursors;
begin
  if not exists (select from integrations.tenants t where t.business = p_client) then
    perform private.raise_error('MR001', 'There is no such client.', p_client);
  elsif not exists (select from integrations.sync_resources r where r.resource = p_resource) then
    perform private.raise_error('MR002', format('There is no list %s.', p_resource), null, 'See integrations.sync_resources.');
  elsif private.client_setting(p_client, 'sync.enabled') = 0 then
    return 'off';
  end if;
  insert into integrations.sync_cursors (client, resource, scope)
  values (p_client, p_resource, p_scope)
  on conflict (client, resource, scope) do nothing;
  update integrations.sync_cursors c
  set state = 'running', run = gen_random_uuid(), page = private.first_sync_page(c.resource),
      since = c.done_until - r.overlap, asked_at = null, pass = 1, pages = 0, rows = 0, found = 0, total = null,
      is_shifted = false, started_at = v_now, moved_at = v_now, finished_at = null, last_error = null
  from integrations.sync_resources r
  where c.client = p_client
    and c.resource = p_resource
    and c.scope = p_scope
    and r.resource = c.resource
    and (c.state <> 'running' or c.moved_at < v_stalled)
  returning c.* into v_list;
  if v_list.id is null then
    return 'running';
  end if;
  delete from private.sync_seen s where s.list = v_list.id;
  perform private.enqueue_sync_page(v_list);
  return 'started';
end;
$$;
comment on function integrations.start_sync(text, text, text) is
  'Begins to read a list, unless a run of it goes on. Answers started, running or off (sync.enabled). Definer: callers '
  'may not write cursors.';

create function integrations.request_sync(p_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_list integrations.sync_cursors;
begin
  select c.* into v_list
  from integrations.sync_cursors c
  where c.id = p_id
    and (private.is_service() or c.client = any(array(select private.my_clients('staff'))));
  if not found then
    perform private.raise_error('MR001', 'There is no such list.', p_id::text);
  end if;
  return integrations.start_sync(v_list.client, v_list.resource, v_list.scope);
end;
$$;
comment on function integrations.request_sync(uuid) is
  'A person of the agency has a list read now. Answers as integrations.start_sync. MR001: no such list, for the '
  'caller. Definer: users may not write cursors.';
grant execute on function integrations.request_sync(uuid) to authenticated, service_role;

-- Pages ------------------------------------------------------------------------------------------------------------

create function private.note_seen(p_list integrations.sync_cursors, p_rows jsonb, p_total integer)
returns integrations.sync_cursors
language plpgsql
set search_path = ''
as $$
declare
  v_list integrations.sync_cursors := p_list;
begin
  insert into private.sync_seen (list, external_id)
  select distinct p_list.id, (r.item ->> 'id')::bigint
  from jsonb_array_elements(p_rows) as r (item)
  on conflict do nothing;
  v_list.is_shifted := p_list.is_shifted or coalesce(p_list.total <> p_total, false);
  v_list.total := coalesce(p_total, p_list.total);
  return v_list;
end;
$$;
comment on function private.note_seen(integrations.sync_cursors, jsonb, integer) is
  'Notes which rows a page showed, and whether the list changed since the page before.';

create function private.next_sync_page(p_list integrations.sync_cursors, p_paging text, p_answer jsonb)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
declare
  v_number integer := (p_list.page ->> 'number')::integer;
begin
  if p_paging = 'cursor' then
    return case when p_answer ->> 'next_cursor' <> '' then jsonb_build_object('cursor', p_answer ->> 'next_cursor') end;
  end if;
  return case
    when v_number < coalesce((p_answer ->> 'last_page')::integer, 1) then jsonb_build_object('number', v_number + 1)
  end;
end;
$$;
comment on function private.next_sync_page(integrations.sync_cursors, text, jsonb) is
  'The page after this one; null after the last.';

create function integrations.store_sync_page(
  p_list uuid, p_run uuid, p_page jsonb, p_answer jsonb, p_asked_at timestamptz
)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_list integrations.sync_cursors;
  v_resource integrations.sync_resources;
  v_rows jsonb := p_answer -> 'rows';
  v_is_enough boolean;
  v_next jsonb;
begin
  select c.* into v_list from integrations.sync_cursors c where c.id = p_list for update;
  if (v_list.state = 'running' and v_list.run = p_run and v_list.page = p_page) is not true then
    return 'superseded';
  end if;
  select r.* into v_resource from integrations.sync_resources r where r.resource = v_list.resource;
  execute format('select %s($1, $2, $3)', v_resource.store) into v_is_enough using v_list, v_rows, p_asked_at;
  -- The key works: what was blocked may be started again.
  update integrations.sync_cursors c set state = 'idle' where c.client = v_list.client and c.state = 'blocked';

  if v_resource.paging = 'pages' then
    v_list := private.note_seen(v_list, v_rows, (p_answer ->> 'total')::integer);
  end if;
  v_list.asked_at := coalesce(v_list.asked_at, p_asked_at);
  v_list.pages := v_list.pages + 1;
  v_list.rows := v_list.rows + jsonb_array_length(v_rows);
  if not v_is_enough then
    v_next := private.next_sync_page(v_list, v_resource.paging, p_answer);
  end if;
  return private.move_sync(v_list, v_resource, v_next);
end;
$$;
comment on function integrations.store_sync_page(uuid, uuid, jsonb, jsonb, timestamptz) is
  'Stores one page of a run, {rows, total, last_page, next_cursor}, as the provider answered at p_asked_at. Answers '
  'more, again (the list changed: it is read once more), done, or superseded (stored already, or the run is over: '
  'nothing was changed). Definer: job_worker may write no table.';

create function private.move_sync(
  p_list integrations.sync_cursors, p_resource integrations.sync_resources, p_next jsonb
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_list integrations.sync_cursors := p_list;
  v_outcome text := 'more';
  v_is_torn boolean := p_next is null and p_resource.paging = 'pages' and (
    p_list.is_shifted
    or (select count(*) from private.sync_seen s where s.list = p_list.id) < coalesce(p_list.total, 0)
  );
begin
  v_list.page := p_next;
  v_list.moved_at := private.clock();
  if p_next is null and v_is_torn and p_list.pass < 3 then
    v_outcome := 'again';
    v_list.pass := p_list.pass + 1;
    v_list.page := private.first_sync_page(p_list.resource);
    v_list.total := null;
    v_list.is_shifted := false;
    delete from private.sync_seen s where s.list = p_list.id;
  elsif p_next is null then
    v_outcome := 'done';
    v_list.state := 'idle';
    v_list.finished_at := private.clock();
    v_list.done_until := p_list.asked_at;
    v_list.last_error := case when v_is_torn then 'The list changed each time it was read.' end;
  end if;
  update integrations.sync_cursors c
  set page = v_list.page, moved_at = v_list.moved_at, pass = v_list.pass, pages = v_list.pages, rows = v_list.rows,
      total = v_list.total, is_shifted = v_list.is_shifted, state = v_list.state, finished_at = v_list.finished_at,
      done_until = v_list.done_until, last_error = v_list.last_error, asked_at = v_list.asked_at
  where c.id = p_list.id;

  if v_outcome <> 'done' then
    perform private.enqueue_sync_page(v_list);
  elsif p_resource.finish is not null then
    execute format('select %s($1)', p_resource.finish) using v_list;
  end if;
  return v_outcome;
end;
$$;
comment on function private.move_sync(integrations.sync_cursors, integrations.sync_resources, jsonb) is
  'Moves a list on to its next page, back to the first one if it changed while it was read, or ends the run.';

-- Refusals ---------------------------------------------------------------------------------------------------------

create function integrations.block_sync(p_client text, p_reason text)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  update integrations.sync_cursors c
  set state = 'blocked', last_error = left(p_reason, 1000), finished_at = private.clock()
  where c.client = p_client
    and c.state = 'running';
  get diagnostics v_count = row_count;
  perform integrations.notify(
    'sync_blocked', p_client, concat_ws(' ', p_client, private.clock()::date),
    format('Nothing is read from the provider for %s until a person has done this. %s', p_client, p_reason)
  );
  return v_count;
end;
$$;
comment on function integrations.block_sync(text, text) is
  'The provider refuses our key: ends every run of the client, and tells people once a day. The next start tries '
  'again. Answers how many runs that were. Definer: job_worker may write no table.';

revoke execute on function
  integrations.store_sync_page(uuid, uuid, jsonb, jsonb, timestamptz), integrations.block_sync(text, text)
from service_role;
grant execute on function
  integrations.start_sync(text, text, text),
  integrations.store_sync_page(uuid, uuid, jsonb, jsonb, timestamptz),
  integrations.block_sync(text, text)
to job_worker;
