-- Sets of inboxes that are ordered, warmed and deployed together; the accounts at the providers of mailboxes; tags that
-- people here put on inboxes.
--
-- A set's status moves only as private.may_move_inbox_set says. Its figures follow its inboxes, once a statement.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('warmup.ready_reputation', 90, 'points', 0, 100, 'A set is ready from this average warm-up reputation on.'),
  ('warmup.ready_connected', 90, 'percent', 1, 100, 'A set is ready when so much of its quantity is connected.');

-- Sets -----------------------------------------------------------------------------------------------------------

create table public.inbox_sets (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  client text not null,
  provider text,
  domain text,
  quantity integer not null default 0,
  connected_count integer default 0,
  status text default 'ordered',
  ordered_at timestamptz default now(),
  warmup_started_at timestamptz,
  warmup_target_days integer default 21,
  avg_warmup_reputation numeric,
  avg_deliverability_score numeric,
  notes text,
  tags jsonb default '[]',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  ready_at timestamptz,
  deployed_at timestamptz,
  paused_at timestamptz,
  archived_at timestamptz,
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint provider_is_known check (provider in ('google', 'microsoft', 'smtp')),
  constraint status_is_known check (status in ('ordered', 'warming', 'ready', 'deployed', 'paused', 'archived')),
  constraint quantity_is_not_negative check (quantity >= 0),
  constraint warmup_target_is_not_negative check (warmup_target_days >= 0)
);
create index inbox_sets_client_created_at_idx on public.inbox_sets (client, created_at);
create index inbox_sets_client_status_created_at_idx on public.inbox_sets (client, status, created_at);
-- The last: on a table that is still small all these cost the same, and the foreign key's check takes the newest.
alter table public.inbox_sets add constraint inbox_sets_client_id_key unique (client, id);
comment on table public.inbox_sets is
  'Inboxes that were ordered together. ordered, warming (the first one warms up), ready (warm: see private.is_warm), '
  'deployed (a person lets it send), paused, archived.';
comment on column public.inbox_sets.provider is 'Whose mail servers: google, microsoft or smtp.';
comment on column public.inbox_sets.connected_count is
  'Its inboxes that EmailBison is connected with; kept by a trigger.';
comment on column public.inbox_sets.avg_warmup_reputation is 'Of its inboxes that have one; kept by a trigger.';
comment on column public.inbox_sets.avg_deliverability_score is 'Of its inboxes that have one; kept by a trigger.';
select private.apply_client_policies('public.inbox_sets', p_write => 'staff');

create trigger _100_touch_updated_at before update on public.inbox_sets
for each row execute function extensions.moddatetime(updated_at);

alter table public.inboxes
add constraint inboxes_inbox_set_id_fkey foreign key (client, inbox_set_id)
references public.inbox_sets (client, id) on update cascade on delete set null (inbox_set_id);
create index inboxes_inbox_set_id_client_idx on public.inboxes (inbox_set_id, client);
comment on column public.inboxes.inbox_set_id is
  'The set it came with, of the same client.';

-- Moves of a set -------------------------------------------------------------------------------------------------

create function private.may_move_inbox_set(p_from text, p_to text)
returns boolean
language sql immutable
set search_path = ''
as $$
  select (p_from, p_to) in (
    ('ordered', 'warming'), ('warming', 'ready'), ('ready', 'deployed'), ('warming', 'paused'), ('ready', 'paused'),
    ('deployed', 'paused'), ('paused', 'warming'), ('paused', 'deployed'), ('ordered', 'archived'),
    ('warming', 'archived'), ('ready', 'archived'), ('deployed', 'archived'), ('paused', 'archived')
  )
$$;
comment on function private.may_move_inbox_set(text, text) is 'What may become of an inbox set.';
grant execute on function private.may_move_inbox_set(text, text) to authenticated, service_role;

create function private.tg_inbox_sets__check_move()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
begin
  if not private.may_move_inbox_set(old.status, new.status) then
    perform private.raise_error('MR003', format('A set that is %s does not become %s.', old.status, new.status));
  end if;
  case new.status
    when 'warming' then new.warmup_started_at := coalesce(new.warmup_started_at, v_now);
    when 'ready' then new.ready_at := v_now;
    when 'deployed' then new.deployed_at := coalesce(old.deployed_at, v_now);
    when 'paused' then new.paused_at := v_now;
    else new.archived_at := v_now;
  end case;
  return new;
end;
$$;
create trigger _100_check_move before update of status on public.inbox_sets
for each row when (old.status is distinct from new.status) execute function private.tg_inbox_sets__check_move();

create function private.require_staff(p_client text)
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if not (private.is_service() or p_client = any(array(select private.my_clients('staff')))) then
    perform private.raise_error('MR004', 'Only the agency''s staff may do this.');
  end if;
end;
$$;
comment on function private.require_staff(text) is
  'Lets services and staff with a right on the client pass; MR004 for everybody else.';
grant execute on function private.require_staff(text), private.is_service() to authenticated, service_role;

create function public.move_inbox_set(p_set_id uuid, p_to text, p_campaign_id text default null)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_set public.inbox_sets;
begin
  select s.* into v_set from public.inbox_sets s where s.id = p_set_id;
  if not found then
    perform private.raise_error('MR001', 'There is no such inbox set.', p_set_id::text);
  end if;
  perform private.require_staff(v_set.client);
  select s.* into v_set from public.inbox_sets s where s.id = p_set_id for update;
  if p_to = 'resumed' then
    p_to := case when v_set.deployed_at is null then 'warming' else 'deployed' end;
  end if;
  if v_set.status = p_to then
    return p_to;
  end if;
  update public.inbox_sets s set status = p_to where s.id = p_set_id;
  if p_to = 'deployed' and p_campaign_id is not null then
    update public.inboxes i
    set assigned_campaign_id = p_campaign_id
    where i.client = v_set.client
      and i.inbox_set_id = p_set_id
      and i.removed_at is null;
  end if;
  return p_to;
end;
$$;
comment on function public.move_inbox_set(uuid, text, text) is
  'Moves a set to a status (resumed: to what it was before the pause) and answers it. deployed: its inboxes are '
  'assigned to the campaign, if one is named. MR001: unknown, MR003: the set cannot move there from where it is, '
  'MR004: not staff.';
grant execute on function public.move_inbox_set(uuid, text, text) to authenticated, service_role;

-- Figures of a set -----------------------------------------------------------------------------------------------

create function private.refresh_inbox_sets(p_set_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- In key order, and before anything is counted: who waits here counts what the other has committed.
  perform from public.inbox_sets s where s.id = any(p_set_ids) order by s.id for no key update;

  update public.inbox_sets s
  set connected_count = f.connected,
      avg_warmup_reputation = f.reputation,
      avg_deliverability_score = f.deliverability
  from (
    select
      o.id, count(i.id) filter (where lower(i.status) = 'connected') as connected,
      round(avg(i.warmup_reputation), 2) as reputation, round(avg(i.deliverability_score), 2) as deliverability
    from public.inbox_sets o
    left join lateral (
      select k.* from public.inboxes k where k.inbox_set_id = o.id offset 0
    ) as i on i.removed_at is null
    where o.id = any(p_set_ids)
    group by o.id
  ) as f
  where s.id = f.id
    and (s.connected_count, s.avg_warmup_reputation, s.avg_deliverability_score)
      is distinct from (f.connected, f.reputation, f.deliverability);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.refresh_inbox_sets(uuid[]) is
  'Counts the figures of sets anew from their inboxes. Answers how many sets changed.';

create function private.tg_inboxes__refresh_sets()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_sets uuid[];
begin
  case tg_op
    when 'INSERT' then
      v_sets := array(select distinct inbox_set_id from added where inbox_set_id is not null);
    when 'DELETE' then
      v_sets := array(select distinct inbox_set_id from removed where inbox_set_id is not null);
    else
      v_sets := array(
        select distinct touched.id
        -- A full join compares no row with every other, as the kept plan of an update of one row would.
        from removed r
        full join added a using (id)
        cross join lateral (values (r.inbox_set_id), (a.inbox_set_id)) as touched (id)
        where touched.id is not null
          and (r.inbox_set_id, r.status, r.warmup_reputation, r.deliverability_score, r.removed_at)
            is distinct from (a.inbox_set_id, a.status, a.warmup_reputation, a.deliverability_score, a.removed_at)
      );
  end case;
  if v_sets <> '{}' then
    perform private.refresh_inbox_sets(v_sets);
  end if;
  return null;
end;
$$;
comment on function private.tg_inboxes__refresh_sets() is
  'Keeps the figures of inbox sets, once a statement. Definer: the figures follow whoever changed the inbox.';
create trigger _500_refresh_sets_on_insert after insert on public.inboxes
referencing new table as added
for each statement execute function private.tg_inboxes__refresh_sets();
create trigger _500_refresh_sets_on_update after update on public.inboxes
referencing old table as removed new table as added
for each statement execute function private.tg_inboxes__refresh_sets();
create trigger _500_refresh_sets_on_delete after delete on public.inboxes
referencing old table as removed
for each statement execute function private.tg_inboxes__refresh_sets();

-- Warm-up --------------------------------------------------------------------------------------------------------

create function private.tg_inboxes__start_warmup()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.warmup_started_at := private.clock();
  return new;
end;
$$;
comment on function private.tg_inboxes__start_warmup() is
  'EmailBison tells whether an inbox warms up, not since when.';
create trigger _100_start_warmup before insert or update of warmup_enabled on public.inboxes
for each row when (new.warmup_enabled and new.warmup_started_at is null)
execute function private.tg_inboxes__start_warmup();

create function private.days_since(p_start timestamptz, p_now timestamptz)
returns integer
language sql immutable
set search_path = ''
as $$ select floor(extract(epoch from p_now - p_start) / 86400)::integer $$;
comment on function private.days_since(timestamptz, timestamptz) is
  'Full days of 24 hours, whatever clocks do in between.';

create function private.is_warm(
  p_days integer, p_target_days integer, p_reputation numeric, p_ready_reputation numeric, p_connected integer,
  p_quantity integer, p_ready_connected numeric
)
returns boolean
language sql immutable
set search_path = ''
as $$
  select coalesce(
    p_days >= p_target_days
    and p_reputation >= p_ready_reputation
    and p_connected > 0
    and p_connected * 100 >= p_quantity * p_ready_connected,
    false
  )
$$;
comment on function private.is_warm(integer, integer, numeric, numeric, integer, integer, numeric) is
  'Whether a set is ready: target days over, average reputation reached, enough of its inboxes connected. What is not '
  'known is not reached.';

create function private.tend_inbox_sets(p_limit integer default 500)
returns table (warming integer, ready integer, days_counted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
begin
  update public.inbox_sets s
  set status = 'warming', warmup_started_at = coalesce(s.warmup_started_at, f.started_at)
  from (
    select o.id, w.started_at
    from public.inbox_sets o
    cross join lateral (
      select min(i.warmup_started_at) as started_at
      from (select k.* from public.inboxes k where k.inbox_set_id = o.id offset 0) as i
      where i.warmup_enabled
    ) as w
    where o.status = 'ordered'
      and w.started_at is not null
    order by o.id
    limit p_limit
    for update of o skip locked
  ) as f
  where s.id = f.id;
  get diagnostics warming = row_count;

  update public.inbox_sets s
  set status = 'ready'
  where s.id = any(array(
    select o.id
    from public.inbox_sets o
    where o.status = 'warming'
      and private.is_warm(
        private.days_since(o.warmup_started_at, v_now), o.warmup_target_days, o.avg_warmup_reputation,
        private.client_setting(o.client, 'warmup.ready_reputation'), o.connected_count, o.quantity,
        private.client_setting(o.client, 'warmup.ready_connected')
      )
    order by o.id
    limit p_limit
    for update skip locked
  ));
  get diagnostics ready = row_count;

  update public.inboxes i
  set warmup_days = private.days_since(i.warmup_started_at, v_now)
  where i.id = any(array(
    select o.id
    from public.inboxes o
    where o.warmup_enabled
      and o.removed_at is null
      and o.warmup_days is distinct from private.days_since(o.warmup_started_at, v_now)
    order by o.id
    limit p_limit
    for no key update skip locked
  ));
  get diagnostics days_counted = row_count;
  has_more := greatest(warming, ready, days_counted) >= p_limit;
  return next;
end;
$$;
comment on function private.tend_inbox_sets(integer) is
  'ordered sets whose first inbox warms up are warming, warm ones ready; and counts the days of warm-up. At most '
  'p_limit of each; safe to run twice at once.';

create function private.tg_inbox_sets__tell_ready()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform integrations.notify(
    'inbox_set_ready', new.client, format('%s %s', new.id, new.ready_at),
    format(
      '%s: %s of %s inboxes are warm (reputation %s). The set can be deployed.', new.name, new.connected_count,
      new.quantity, new.avg_warmup_reputation
    ),
    jsonb_build_object('inbox_set_id', new.id)
  );
  return null;
end;
$$;
comment on function private.tg_inbox_sets__tell_ready() is 'Definer: nobody else writes notices.';
create trigger _900_tell_ready after update of status on public.inbox_sets
for each row when (old.status = 'warming' and new.status = 'ready')
execute function private.tg_inbox_sets__tell_ready();

insert into integrations.notice_kinds (kind, description, severity)
values ('inbox_set_ready', 'A set of inboxes is warm and can be deployed.', 'info');

-- Accounts at providers ------------------------------------------------------------------------------------------

create table public.inbox_providers (
  id uuid primary key default gen_random_uuid(),
  provider_name text not null,
  api_key text not null,
  api_secret text,
  workspace_id text,
  is_active boolean default true,
  rate_limit_per_minute integer default 60,
  last_sync_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint inbox_providers_provider_name_key unique (provider_name),
  constraint provider_name_is_known check (provider_name in ('missioninbox', 'inboxkit')),
  constraint rate_limit_is_positive check (rate_limit_per_minute between 1 and 100000)
);
comment on table public.inbox_providers is
  'The agency''s accounts at those who make mailboxes. Keys are sealed.';
comment on column public.inbox_providers.workspace_id is
  'InboxKit: the workspace. MissionInbox: the project that new mailboxes belong to.';
comment on column public.inbox_providers.rate_limit_per_minute is
  'Becomes the allowance `mailboxes:<provider>` of outbound.rate_limits.';
comment on column public.inbox_providers.is_active is
  'Off: nothing is ordered, and jobs that wait stop with a word about it.';
select private.keep_sealed('public.inbox_providers', 'api_key');
select private.keep_sealed('public.inbox_providers', 'api_secret');
select private.apply_agency_policies('public.inbox_providers', 'staff');
revoke select on public.inbox_providers from authenticated;
grant select (
  id, provider_name, workspace_id, is_active, rate_limit_per_minute, last_sync_at, created_at, updated_at
)
on public.inbox_providers to authenticated;
select private.audit('public.inbox_providers', '{}', '{last_sync_at}');
create trigger _100_touch_updated_at before update on public.inbox_providers
for each row execute function extensions.moddatetime(updated_at);

create function public.connect_inbox_provider(
  p_provider text, p_api_key text, p_workspace_id text default null, p_rate_limit_per_minute integer default null
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.inbox_providers as p (provider_name, api_key, workspace_id, rate_limit_per_minute)
  values (p_provider, p_api_key, p_workspace_id, coalesce(p_rate_limit_per_minute, 60))
  on conflict (provider_name) do update
  -- Not excluded.api_key: whoever may not read the column may not name it there.
  set api_key = p_api_key,
      workspace_id = coalesce(p_workspace_id, p.workspace_id),
      rate_limit_per_minute = coalesce(p_rate_limit_per_minute, p.rate_limit_per_minute),
      is_active = true
  returning p.id into v_id;
  return v_id;
end;
$$;
comment on function public.connect_inbox_provider(text, text, text, integer) is
  'Adds the account at a provider, or gives it a new key (sealed) and switches it on. Answers its id.';
grant execute on function public.connect_inbox_provider(text, text, text, integer) to authenticated, service_role;

-- One allowance for each provider: a job names it in its payload.
insert into outbound.rate_limits (name, amount, per, burst) values ('mailboxes', 60, '1 minute', 1);

create function private.tg_inbox_providers__keep_rate_limit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  insert into outbound.rate_limits (name, amount, per, burst)
  values ('mailboxes:' || new.provider_name, coalesce(new.rate_limit_per_minute, 60), '1 minute', 1)
  on conflict (name) do update set amount = excluded.amount, per = excluded.per, burst = excluded.burst;
  return null;
end;
$$;
create trigger _500_keep_rate_limit after insert or update of rate_limit_per_minute on public.inbox_providers
for each row execute function private.tg_inbox_providers__keep_rate_limit();

-- Tags -----------------------------------------------------------------------------------------------------------
-- EmailBison tells by webhook what changes there. What changes here is written here at once and pushed by a job, with
-- webhooks skipped. A pending row says what an inbox shall have; it goes when exactly that was pushed.

create table private.inbox_tag_pushes (
  client text not null,
  tag_id uuid not null,
  bison_inbox_id integer not null,
  attach boolean not null,
  version bigint generated always as identity,
  primary key (tag_id, bison_inbox_id),
  constraint inbox_tag_pushes_tag_id_fkey foreign key (client, tag_id)
  references public.inbox_tags (client, id) on update cascade on delete cascade
);
create index inbox_tag_pushes_client_tag_id_idx on private.inbox_tag_pushes (client, tag_id);
comment on table private.inbox_tag_pushes is 'Tags of inboxes that EmailBison does not know of yet.';
alter table private.inbox_tag_pushes enable row level security;

-- Written by the functions alone: a tag that somebody attached past them would never reach EmailBison.
revoke insert, update, delete on public.inbox_tag_assignments from authenticated;

create function private.put_tag(p_tag public.inbox_tags, p_inboxes integer[], p_attach boolean)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_inboxes = '{}' then
    return;
  elsif p_attach then
    insert into public.inbox_tag_assignments (inbox_id, tag_id)
    select b, p_tag.id from unnest(p_inboxes) as b order by b
    on conflict (inbox_id, tag_id) do nothing;
  else
    delete from public.inbox_tag_assignments a
    using unnest(p_inboxes) as b
    where a.inbox_id = b
      and a.tag_id = p_tag.id;
  end if;
  update public.inboxes i
  set tags = (coalesce(i.tags, '[]') - p_tag.name)
        || case when p_attach then to_jsonb(array[p_tag.name]) else '[]' end,
      tags_changed_at = private.clock()
  from unnest(p_inboxes) as b
  where i.client = p_tag.client
    and i.bison_inbox_id = b;
end;
$$;
comment on function private.put_tag(public.inbox_tags, integer[], boolean) is
  'Puts a tag on inboxes (EmailBison''s ids) or takes it off, as private.tag_inbox, in one statement of each kind.';

create function public.tag_inboxes(p_tag_id uuid, p_inbox_ids bigint[], p_attach boolean default true)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_tag public.inbox_tags;
  v_inboxes integer[];
begin
  select t.* into v_tag from public.inbox_tags t where t.id = p_tag_id;
  if not found or not (private.is_service() or v_tag.client = any(array(select private.my_clients('read')))) then
    perform private.raise_error('MR001', 'There is no such tag.', p_tag_id::text);
  end if;
  perform private.require_staff(v_tag.client);
  v_inboxes := array(
    select i.bison_inbox_id
    from (
      select k.* from public.inboxes k where k.id = any(p_inbox_ids) order by k.id for no key update
    ) as i
    where i.client = v_tag.client
  );
  if cardinality(v_inboxes) <> cardinality(array(select distinct unnest(p_inbox_ids))) then
    perform private.raise_error('MR001', 'An inbox is not there, or not the client''s.');
  end if;
  v_inboxes := array(
    select b
    from unnest(v_inboxes) as b
    where p_attach <> exists (
      select from public.inbox_tag_assignments a where a.inbox_id = b and a.tag_id = p_tag_id offset 0
    )
  );
  if v_inboxes = '{}' then
    return 0;
  end if;
  perform private.put_tag(v_tag, v_inboxes, p_attach);
  -- A newer version: a push that is on its way must not take this one for done.
  delete from private.inbox_tag_pushes p where p.tag_id = p_tag_id and p.bison_inbox_id = any(v_inboxes);
  insert into private.inbox_tag_pushes (client, tag_id, bison_inbox_id, attach)
  select v_tag.client, p_tag_id, b, p_attach from unnest(v_inboxes) as b;
  perform private.enqueue_tag_push(p_tag_id);
  return cardinality(v_inboxes);
end;
$$;
comment on function public.tag_inboxes(uuid, bigint[], boolean) is
  'Attaches a tag to inboxes of its client (inboxes.id), or takes it off; a job tells EmailBison. Answers how many '
  'changed. MR001: no such tag or inbox, for the caller, MR004: not staff. Definer: users may not write assignments '
  'past the push.';

create function private.enqueue_tag_push(p_tag_id uuid)
returns void
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'mailboxes', 'push_inbox_tags', jsonb_build_object('tag_id', p_tag_id), p_dedupe_key => 'tag ' || p_tag_id
  )
$$;

create function integrations.inbox_tag_push(p_tag_id uuid)
returns table (
  app_url text, api_key text, bison_tag_id integer, versions bigint[], attach integer[], remove integer[]
)
language sql stable security definer
set search_path = ''
as $$
  select
    c."App URL- Bison", c."Api Key - Bison", t.bison_tag_id, array_agg(p.version),
    coalesce(array_agg(p.bison_inbox_id order by p.bison_inbox_id) filter (where p.attach), '{}'),
    coalesce(array_agg(p.bison_inbox_id order by p.bison_inbox_id) filter (where not p.attach), '{}')
  from public.inbox_tags t
  join public."Clients" c on c."Business" = t.client
  join lateral (
    select q.* from private.inbox_tag_pushes q where q.tag_id = t.id order by q.version limit 500
  ) as p on true
  where t.id = p_tag_id
  group by c."App URL- Bison", c."Api Key - Bison", t.bison_tag_id
$$;
comment on function integrations.inbox_tag_push(uuid) is
  'What EmailBison is to be told of a tag: the inboxes that shall have it and those that shall not, at most 500, '
  'oldest first. No row: nothing. Definer: job_worker reads no table.';

create function integrations.inbox_tags_pushed(p_tag_id uuid, p_versions bigint[])
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_tag public.inbox_tags;
  v_on integer[];
  v_off integer[];
begin
  select t.* into v_tag from public.inbox_tags t where t.id = p_tag_id;
  with pushed as (
    delete from private.inbox_tag_pushes p
    where p.tag_id = p_tag_id
      and p.version = any(p_versions)
    returning p.bison_inbox_id, p.attach
  )
  select
    coalesce(array_agg(p.bison_inbox_id) filter (where p.attach), '{}'),
    coalesce(array_agg(p.bison_inbox_id) filter (where not p.attach), '{}')
  into v_on, v_off
  from pushed p;
  -- Once more: a page that was read before EmailBison knew may have taken it back.
  perform private.put_tag(v_tag, v_on, true);
  perform private.put_tag(v_tag, v_off, false);
  if not exists (select from private.inbox_tag_pushes p where p.tag_id = p_tag_id) then
    return 'done';
  end if;
  perform private.enqueue_tag_push(p_tag_id);
  return 'again';
end;
$$;
comment on function integrations.inbox_tags_pushed(uuid, bigint[]) is
  'EmailBison knows what integrations.inbox_tag_push answered. done, or again: more came meanwhile, and a job waits. '
  'Definer: job_worker writes no table.';

grant execute on function public.tag_inboxes(uuid, bigint[], boolean) to authenticated, service_role;
grant execute on function
  integrations.inbox_tag_push(uuid), integrations.inbox_tags_pushed(uuid, bigint[])
to job_worker;
