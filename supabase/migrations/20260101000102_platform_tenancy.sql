-- One clock, one list of errors, tenants and who may see them, and the row-level policies every table uses.

create function private.clock()
returns timestamptz
language plpgsql stable
set search_path = ''
as $$
begin
  return now();
end;
$$;
comment on function private.clock() is
  'The only source of time for schedules, windows, leases and expiry rules. Tests replace it inside their transaction.';
grant execute on function private.clock() to authenticated, service_role;

-- Errors ---------------------------------------------------------------------------------------------------------

create table private.error_codes (
  code text primary key check (code ~ '^MR[0-9]{3}$'),
  name text not null unique,
  http_status smallint not null check (http_status between 400 and 599),
  meaning text not null
);
comment on table private.error_codes is
  'Every SQLSTATE that Millrace raises itself. shared/errors.ts holds the same list; a test compares the two.';

insert into private.error_codes (code, name, http_status, meaning)
values
  ('MR001', 'not_found', 404, 'The thing named does not exist, or the caller may not know that it does.'),
  ('MR002', 'invalid_input', 400, 'An argument is missing, malformed or contradicts another one.'),
  ('MR003', 'conflict', 409, 'The state does not allow this now; the hint says what would.'),
  ('MR004', 'not_allowed', 403, 'The caller is known and may not do this.'),
  ('MR005', 'invalid_event', 422, 'A stored event lacks what its handler needs.'),
  ('MR006', 'rate_limited', 429, 'Too many calls; try again later.');

alter table private.error_codes enable row level security;

create function private.raise_error(
  p_code text, p_message text, p_detail text default null, p_hint text default null
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = p_code, message = p_message, detail = coalesce(p_detail, ''), hint = coalesce(p_hint, '');
end;
$$;
comment on function private.raise_error(text, text, text, text) is
  'Raises one of private.error_codes. Message, detail and hint may reach a person: no secrets, no addresses.';
grant execute on function private.raise_error(text, text, text, text) to authenticated, service_role;

-- Tenants --------------------------------------------------------------------------------------------------------

create table integrations.tenants (
  id uuid primary key default gen_random_uuid(),
  business text not null unique check (btrim(business) <> ''),
  client_id uuid not null unique,
  time_zone text not null default 'UTC',
  team_id uuid unique,
  growth_client_id uuid unique,
  tenant_id text unique,
  is_agency boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index tenants_is_agency_key on integrations.tenants (is_agency) where is_agency;
comment on table integrations.tenants is
  'One agency client and its names: "Clients"."Business" (business), "RR_clients_IDs".client_id, outbound.teams.id '
  '(team_id), growth.clients.client_id (growth_client_id), shared.projects.tenant_id. Nothing else maps them.';
comment on column integrations.tenants.time_zone is
  'IANA name. Days of counters and reports are days in this zone.';
comment on column integrations.tenants.is_agency is
  'The agency itself, which is no client: see private.agency_tenant. One row at most.';

create function private.tg_tenants__check_time_zone()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not exists (select from pg_catalog.pg_timezone_names where name = new.time_zone) then
    perform private.raise_error(
      'MR002', 'Unknown time zone.', new.time_zone, 'Use an IANA name such as Europe/London.'
    );
  end if;
  return new;
end;
$$;

create trigger _100_check_time_zone before insert or update of time_zone on integrations.tenants
for each row when (new.time_zone <> 'UTC') execute function private.tg_tenants__check_time_zone();
create trigger _100_touch_updated_at before update on integrations.tenants
for each row execute function extensions.moddatetime(updated_at);

create function private.agency_tenant()
returns text
language plpgsql
set search_path = ''
as $$
begin
  insert into integrations.tenants (business, client_id, is_agency)
  values ('(agency)', gen_random_uuid(), true)
  on conflict (is_agency) where is_agency do nothing;
  return (select t.business from integrations.tenants t where t.is_agency);
end;
$$;
comment on function private.agency_tenant() is
  'The tenant of what belongs to the agency and to no client, such as the endpoint of its Fathom: staff see it, no '
  'client''s user does. Made with its first use.';

create function private.client_id_of(p_client text)
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select t.client_id from integrations.tenants t where t.business = p_client);
end;
$$;
comment on function private.client_id_of(text) is
  'The "RR_clients_IDs".client_id of a client name; null when unknown. Definer: triggers ask for rows the writer may '
  'not list.';

create function private.time_zone_of(p_client text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce((select t.time_zone from integrations.tenants t where t.business = p_client), 'UTC');
end;
$$;
comment on function private.time_zone_of(text) is
  'IANA time zone of a client, UTC when unknown. Definer: triggers ask for rows the writer may not list.';
grant execute on function private.client_id_of(text), private.time_zone_of(text) to authenticated, service_role;

-- Memberships ----------------------------------------------------------------------------------------------------

create table integrations.memberships (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  client text references integrations.tenants (business) on update cascade on delete cascade,
  role text not null,
  created_at timestamptz not null default now(),
  constraint role_is_known check (role in ('admin', 'manager', 'member', 'viewer')),
  constraint agency_roles_have_no_client check (client is null or role in ('member', 'viewer')),
  constraint member_has_a_client check (client is not null or role <> 'member')
);
create unique index memberships_user_id_client_key on integrations.memberships (user_id, client) nulls not distinct;
create index memberships_client_idx on integrations.memberships (client);
comment on table integrations.memberships is
  'Who may see which client. client null: agency staff, every client (admin and manager write, viewer reads). '
  'client set: a user of that client (member writes its CRM rows, viewer reads).';

-- These run once or twice in every query under a policy: PL/pgSQL keeps their plans, an SQL function is planned each
-- time (0.2 ms, as much as the rest of a short list).

create function private.role_may(p_role text, p_right text)
returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
  return case p_right
    when 'read' then true
    when 'member' then p_role in ('admin', 'manager', 'member')
    when 'staff' then p_role in ('admin', 'manager')
    when 'admin' then p_role = 'admin'
    else false
  end;
end;
$$;
comment on function private.role_may(text, text) is
  'The whole table of rights: read (every role), member (CRM writes), staff (everything else), admin (memberships).';

create function private.my_clients(p_right text default 'read')
returns setof text
language plpgsql stable security definer
set search_path = ''
rows 10
as $$
declare
  v_only text := auth.jwt() ->> 'millrace_client';
begin
  return query
  select t.business
  from integrations.memberships m
  join integrations.tenants t on m.client is null or t.business = m.client
  where m.user_id = (select auth.uid())
    and private.role_may(m.role, p_right)
    and (v_only is null or t.business = v_only);
end;
$$;
comment on function private.my_clients(text) is
  'Client names on which the caller has the right. An API key for one client (claim millrace_client) has that one at '
  'most. Definer: membership is read before any policy can be.';

-- The API asks once a request whom it serves (private.api_caller) and leaves the answer in settings of its transaction,
-- where policies and verbs find it. Who could forge these settings could forge request.jwt.claims as well: neither can be
-- set through PostgREST.

create function private.caller_clients(p_right text default 'read')
returns text[]
language plpgsql stable
set search_path = ''
as $$
declare
  v_known text := current_setting('millrace.clients', true);
begin
  if p_right = 'read' and v_known <> '' then
    return v_known::text[];
  end if;
  return array(select private.my_clients(p_right));
end;
$$;
comment on function private.caller_clients(text) is
  'private.my_clients as an array. Policies ask it as `= any((select ...)::text[])`: once a query, and planned in half '
  'the time of an array(select ...).';

create function private.caller_id()
returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return auth.uid();
end;
$$;
comment on function private.caller_id() is
  'auth.uid(), for policies: that one is an SQL function, which every query would parse and plan again.';

create function private.caller_client_ids(p_right text default 'read')
returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return array(
    select t.client_id
    from integrations.tenants t
    where t.business = any((select private.caller_clients(p_right))::text[])
  );
end;
$$;
comment on function private.caller_client_ids(text) is
  'As private.caller_clients, for tables keyed by the client''s uuid. Definer: membership is read before any policy '
  'can be.';

create function private.is_agency(p_right text default 'read')
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return auth.jwt() ->> 'millrace_client' is null and exists (
    select
    from integrations.memberships m
    where m.user_id = (select auth.uid())
      and m.client is null
      and private.role_may(m.role, p_right)
  );
end;
$$;
comment on function private.is_agency(text) is
  'Whether the caller is agency staff with the right; never with an API key for one client. Definer: membership is '
  'read before any policy can be.';

create function private.caller_is_agency(p_right text default 'read')
returns boolean
language plpgsql stable
set search_path = ''
as $$
declare
  v_known text := current_setting('millrace.agency_role', true);
begin
  if v_known <> '' then
    return v_known <> 'none' and private.role_may(v_known, p_right);
  end if;
  return private.is_agency(p_right);
end;
$$;
comment on function private.caller_is_agency(text) is 'private.is_agency, for policies: asked once a query.';

grant execute on function
  private.my_clients(text), private.caller_client_ids(text), private.is_agency(text), private.caller_clients(text),
  private.caller_is_agency(text), private.caller_id(), private.role_may(text, text)
to authenticated;

-- Policies -------------------------------------------------------------------------------------------------------
-- One permissive policy per command for `authenticated`; anon gets no grant at all. Writing them here once keeps
-- every table's rights equal; `\d table` shows the result.

create function private.apply_policies(p_table regclass, p_read text, p_write text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_name text := (select c.relname from pg_catalog.pg_class c where c.oid = p_table);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('revoke all on %s from anon, authenticated', p_table);
  execute format('grant select on %s to authenticated', p_table);
  execute format(
    'create policy %I on %s for select to authenticated using (%s)', v_name || '_select', p_table, p_read
  );
  if p_write is null then
    return;
  end if;
  execute format('grant insert, update, delete on %s to authenticated', p_table);
  execute format(
    'create policy %I on %s for insert to authenticated with check (%s)', v_name || '_insert', p_table, p_write
  );
  execute format(
    'create policy %I on %s for update to authenticated using (%s) with check (%s)',
    v_name || '_update', p_table, p_write, p_write
  );
  execute format(
    'create policy %I on %s for delete to authenticated using (%s)', v_name || '_delete', p_table, p_write
  );
end;
$$;
comment on function private.apply_policies(regclass, text, text) is
  'Row-level security, grants and one policy per command for `authenticated`, from a read and a write condition.';

create function private.known_or_asked(p_setting text, p_known text, p_asked text)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return format(
    '(select coalesce(%s, %s) from (select current_setting(%L, true)) as s (known))',
    p_known, p_asked, p_setting
  );
end;
$$;
comment on function private.known_or_asked(text, text, text) is
  'For a policy: p_known, of the setting of the API''s transaction (s.known), and where that is null p_asked. Plain SQL, '
  'as to enter a function costs as much as the rest of the policy; written so that Supabase''s advisors see the select.';

create function private.client_condition(p_column text, p_right text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_asked text := format('private.caller_clients(%L)', p_right);
begin
  return format(
    '%I = any(%s::text[])',
    p_column,
    case p_right
      when 'read' then private.known_or_asked('millrace.clients', 'nullif(s.known, '''')::text[]', v_asked)
      else format('(select %s)', v_asked)
    end
  );
end;
$$;
comment on function private.client_condition(text, text) is
  'The policy condition that a column names a client on which the caller has the right.';

create function private.agency_condition(p_right text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_roles text[] := array(
    select r from unnest('{admin,manager,viewer}'::text[]) as r where private.role_may(r, p_right)
  );
begin
  return private.known_or_asked(
    'millrace.agency_role', format('nullif(s.known, '''') = any(%L)', v_roles),
    format('private.caller_is_agency(%L)', p_right)
  );
end;
$$;
comment on function private.agency_condition(text) is
  'The policy condition that the caller is one of the agency with the right.';

create function private.apply_client_policies(
  p_table regclass, p_write text default 'staff', p_column text default 'client'
)
returns void
language sql
set search_path = ''
as $$
  select private.apply_policies(
    p_table,
    private.client_condition(p_column, 'read'),
    case when p_write <> 'none' then private.client_condition(p_column, p_write) end
  )
$$;
comment on function private.apply_client_policies(regclass, text, text) is
  'Policies of a table whose rows name their client. p_write: member, staff, admin or none.';

create function private.apply_client_id_policies(p_table regclass, p_column text, p_write text default 'staff')
returns void
language sql
set search_path = ''
as $$
  select private.apply_policies(
    p_table,
    format('%I = any((select private.caller_client_ids(%L))::uuid[])', p_column, 'read'),
    case
      when p_write <> 'none' then format('%I = any((select private.caller_client_ids(%L))::uuid[])', p_column, p_write)
    end
  )
$$;
comment on function private.apply_client_id_policies(regclass, text, text) is
  'Policies of a table keyed by "RR_clients_IDs".client_id. p_write: member, staff, admin or none.';

create function private.apply_agency_policies(p_table regclass, p_write text default 'staff')
returns void
language sql
set search_path = ''
as $$
  select private.apply_policies(
    p_table,
    private.agency_condition('read'),
    case when p_write <> 'none' then private.agency_condition(p_write) end
  )
$$;
comment on function private.apply_agency_policies(regclass, text) is
  'Policies of a table that all clients share: agency staff only. p_write: staff, admin or none.';

select private.apply_client_policies('integrations.tenants', 'none', 'business');
select private.apply_policies(
  'integrations.memberships',
  private.agency_condition('admin') || ' or user_id = (select private.caller_id())',
  private.agency_condition('admin')
);

create function public.get_user_client(user_id uuid)
returns text
language sql stable
set search_path = ''
as $$
  select m.client
  from integrations.memberships m
  where m.user_id = get_user_client.user_id
    and m.client is not null
  order by m.id
  limit 1
$$;
comment on function public.get_user_client(uuid) is
  'The client name of a portal user; null for agency staff and for users whose membership the caller may not see.';
grant execute on function public.get_user_client(uuid) to authenticated, service_role;

create function private.ensure_tenant(p_business text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_client_id uuid;
begin
  insert into public."RR_clients_IDs" (client_name)
  values (p_business)
  on conflict (client_name) do update set client_name = excluded.client_name
  returning client_id into v_client_id;

  insert into integrations.tenants (business, client_id)
  values (p_business, v_client_id)
  on conflict (business) do nothing;
end;
$$;
comment on function private.ensure_tenant(text) is
  'Gives a client name its "RR_clients_IDs" row and its tenants row, if it has none. Called when a client is added.';
