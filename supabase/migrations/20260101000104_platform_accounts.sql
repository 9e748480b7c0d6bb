-- Accounts: people, who pays, projects (`shared`) and teams (`outbound`), and how a tenant maps to each.
--
-- A tenant has one project and one team from the moment it exists. integrations.memberships decides what a user may
-- see; a row of outbound.team_members adds the one team it names.

-- Users ----------------------------------------------------------------------------------------------------------

create table shared.users (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  email text not null,
  password_hash text not null,
  status text default 'active',
  role text default 'user',
  settings jsonb,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  constraint users_email_key unique (email),
  constraint role_is_known check (role in ('admin', 'user', 'manager', 'readonly')),
  constraint status_is_known check (status in ('active', 'inactive', 'suspended')),
  constraint password_is_hashed check (password_hash = '!' or password_hash like '$%$%')
);
comment on table shared.users is
  'People as the contexts name them. Who signs in does so through Supabase Auth and has the id of auth.users here: the '
  'row is made with the first membership. Other rows are people without a login.';
comment on column shared.users.password_hash is
  '''!'' (no password opens it) for everybody who signs in through Supabase Auth. Never shown.';
comment on column shared.users.role is
  'As it was with the first membership. Rights come from integrations.memberships alone.';
create trigger _100_touch_updated_at before update on shared.users
for each row execute function extensions.moddatetime(updated_at);

select private.apply_policies(
  'shared.users', private.agency_condition('read') || ' or id = (select private.caller_id())', null
);
revoke select on shared.users from authenticated;
grant select (id, name, email, status, role, settings, created_at, updated_at, deleted_at)
on shared.users to authenticated;

create table outbound.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email varchar(255) not null,
  full_name varchar(255),
  avatar_url text,
  timezone varchar(100) default 'UTC',
  notification_preferences jsonb default '{"email": true, "browser": true}',
  last_active_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint idx_users_email unique (email)
);
comment on table outbound.users is
  'A person who signs in, as the sending engine knows them: preferences and last activity. Made with the first '
  'membership.';
create trigger _100_touch_updated_at before update on outbound.users
for each row execute function extensions.moddatetime(updated_at);

select private.apply_policies(
  'outbound.users', private.agency_condition('read') || ' or id = (select private.caller_id())', null
);
create policy users_update on outbound.users for update to authenticated
using (id = (select auth.uid())) with check (id = (select auth.uid()));
grant update (full_name, avatar_url, timezone, notification_preferences) on outbound.users to authenticated;

-- Who pays, projects ---------------------------------------------------------------------------------------------

create function private.tg_any__raise_version()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.version := old.version + 1;
  return new;
end;
$$;
comment on function private.tg_any__raise_version() is
  'Optimistic locking: each update raises version; `where version = <the one read>` then finds no row after another.';

create table shared.billing_accounts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references shared.users (id) on delete cascade,
  name text not null,
  payment_status text default 'pending',
  payment_methods jsonb,
  billing_email text not null,
  stripe_customer_id varchar(255),
  suspended boolean default false,
  suspended_at timestamptz,
  suspension_reason text,
  version integer not null default 1,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  constraint billing_accounts_stripe_customer_id_key unique (stripe_customer_id),
  constraint suspension_has_a_time check (not suspended or suspended_at is not null)
);
comment on table shared.billing_accounts is
  'Who pays for one or more projects. Card numbers are Stripe''s; payment_methods holds what Stripe lets one show.';
create index billing_accounts_user_id_idx on shared.billing_accounts (user_id);
create index billing_accounts_payment_status_idx on shared.billing_accounts (payment_status);
create trigger _100_raise_version before update on shared.billing_accounts
for each row execute function private.tg_any__raise_version();
create trigger _100_touch_updated_at before update on shared.billing_accounts
for each row execute function extensions.moddatetime(updated_at);

select private.apply_policies(
  'shared.billing_accounts', private.agency_condition('read') || ' or user_id = (select private.caller_id())', null
);

create table shared.projects (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references shared.users (id),
  billing_account_id uuid references shared.billing_accounts (id),
  tenant_id text not null,
  name text not null,
  description text,
  configuration jsonb,
  active boolean default true,
  session_timeout_minutes bigint not null default 30,
  version integer not null default 1,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  constraint projects_tenant_id_key unique (tenant_id),
  constraint session_timeout_is_positive check (session_timeout_minutes > 0)
);
comment on table shared.projects is
  'A tenant''s project: the parent of its credentials, subscriptions and conversations. One a tenant.';
comment on column shared.projects.tenant_id is
  'What every tenant_id column of `shared` and the conversations'' schemas holds; integrations.tenants.tenant_id.';
create index projects_user_id_idx on shared.projects (user_id);
create index projects_billing_account_id_idx on shared.projects (billing_account_id);
create index projects_name_idx on shared.projects (name);
create index projects_configuration_idx on shared.projects using gin (configuration);
create trigger _100_raise_version before update on shared.projects
for each row execute function private.tg_any__raise_version();
create trigger _100_touch_updated_at before update on shared.projects
for each row execute function extensions.moddatetime(updated_at);

-- Teams ----------------------------------------------------------------------------------------------------------

create table outbound.teams (
  id uuid primary key default gen_random_uuid(),
  name varchar(255) not null,
  slug varchar(100) not null,
  plan varchar(50) default 'free',
  stripe_customer_id varchar(255),
  stripe_subscription_id varchar(255),
  daily_email_limit integer default 500,
  max_inboxes integer default 5,
  max_campaigns integer default 5,
  max_team_members integer default 3,
  physical_address text,
  company_name varchar(255),
  settings jsonb default '{}',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint idx_teams_slug unique (slug),
  constraint plan_is_known check (plan in ('free', 'starter', 'pro', 'enterprise'))
);
comment on table outbound.teams is
  'A tenant of the sending engine, with its plan and limits. physical_address and company_name stand in every mail.';
create index idx_teams_stripe_customer on outbound.teams (stripe_customer_id);
create trigger _100_touch_updated_at before update on outbound.teams
for each row execute function extensions.moddatetime(updated_at);

create table outbound.team_members (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references outbound.teams (id) on delete cascade,
  user_id uuid not null references outbound.users (id) on delete cascade,
  role varchar(50) default 'member',
  invited_by uuid references outbound.users (id) on delete set null,
  invited_at timestamptz,
  accepted_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint team_members_team_id_user_id_key unique (team_id, user_id),
  constraint role_is_known check (role in ('owner', 'admin', 'member', 'viewer'))
);
comment on table outbound.team_members is
  'Who works in a team. Rows of a client''s users follow integrations.memberships; others may be added beside them.';
create index idx_team_members_team on outbound.team_members (team_id);
create index idx_team_members_user on outbound.team_members (user_id);
create index team_members_invited_by_idx on outbound.team_members (invited_by);
create trigger _100_touch_updated_at before update on outbound.team_members
for each row execute function extensions.moddatetime(updated_at);

-- One tenant, its project and its team ---------------------------------------------------------------------------

alter table integrations.tenants
add constraint tenants_team_id_fkey foreign key (team_id) references outbound.teams (id) on delete set null,
add constraint tenants_tenant_id_fkey foreign key (tenant_id) references shared.projects (tenant_id)
on update cascade on delete set null;

create function private.tg_tenants__add_accounts()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_team_id uuid := new.team_id;
  v_tenant_id text := coalesce(new.tenant_id, new.id::text);
begin
  if v_team_id is null then
    insert into outbound.teams (name, company_name, slug)
    values (
      left(new.business, 255), left(new.business, 255),
      left(btrim(regexp_replace(lower(new.business), '[^a-z0-9]+', '-', 'g'), '-'), 90) || '-' || left(new.id::text, 8)
    )
    returning id into v_team_id;
  end if;
  insert into shared.projects (tenant_id, name)
  values (v_tenant_id, new.business)
  on conflict (tenant_id) do nothing;
  update integrations.tenants set team_id = v_team_id, tenant_id = v_tenant_id where id = new.id;
  return null;
end;
$$;
create trigger _500_add_accounts after insert on integrations.tenants
for each row execute function private.tg_tenants__add_accounts();

create function private.tg_tenants__rename_accounts()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update outbound.teams set name = left(new.business, 255)
  where id = new.team_id and name = left(old.business, 255);
  update shared.projects set name = new.business
  where tenant_id = new.tenant_id and name = old.business;
  return null;
end;
$$;
comment on function private.tg_tenants__rename_accounts() is
  'Follows a client''s new name where nobody has chosen another.';
create trigger _500_rename_accounts after update of business on integrations.tenants
for each row when (old.business <> new.business) execute function private.tg_tenants__rename_accounts();

create function private.tenant_id_of(p_client text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select t.tenant_id from integrations.tenants t where t.business = p_client);
end;
$$;
comment on function private.tenant_id_of(text) is
  'The shared.projects.tenant_id of a client name; null when unknown. Definer: triggers ask for rows the writer may '
  'not list.';
grant execute on function private.tenant_id_of(text) to authenticated, service_role;

-- Rights ---------------------------------------------------------------------------------------------------------

create function private.caller_tenant_ids(p_right text default 'read')
returns text[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return array(
    select t.tenant_id
    from integrations.tenants t
    where t.business = any((select private.caller_clients(p_right))::text[])
      and t.tenant_id is not null
  );
end;
$$;
comment on function private.caller_tenant_ids(text) is
  'As private.caller_clients, for tables keyed by tenant_id. Definer: membership is read before any policy can be.';

create function private.caller_team_ids(p_right text default 'read')
returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return array(
    select t.team_id
    from integrations.tenants t
    where t.business = any((select private.caller_clients(p_right))::text[])
      and t.team_id is not null
    union all
    select m.team_id
    from outbound.team_members m
    where m.user_id = (select auth.uid())
      and auth.jwt() ->> 'millrace_client' is null
      and private.role_may(case when m.role in ('owner', 'admin') then 'manager' else m.role end, p_right)
  );
end;
$$;
comment on function private.caller_team_ids(text) is
  'As private.caller_clients, for tables keyed by team_id; owners and admins of a team are its staff. An API key for one '
  'client has that client''s team alone. Definer: membership is read before any policy can be.';
grant execute on function private.caller_tenant_ids(text), private.caller_team_ids(text) to authenticated;

create function private.apply_tenant_policies(
  p_table regclass, p_write text default 'staff', p_column text default 'tenant_id'
)
returns void
language sql
set search_path = ''
as $$
  select private.apply_policies(
    p_table,
    format('%I = any((select private.caller_tenant_ids(%L))::text[])', p_column, 'read'),
    case
      when p_write <> 'none' then format('%I = any((select private.caller_tenant_ids(%L))::text[])', p_column, p_write)
    end
  )
$$;
comment on function private.apply_tenant_policies(regclass, text, text) is
  'Policies of a table keyed by tenant_id. p_write: member, staff, admin or none.';

create function private.apply_team_policies(
  p_table regclass, p_write text default 'staff', p_column text default 'team_id'
)
returns void
language sql
set search_path = ''
as $$
  select private.apply_policies(
    p_table,
    format('%I = any((select private.caller_team_ids(%L))::uuid[])', p_column, 'read'),
    case
      when p_write <> 'none' then format('%I = any((select private.caller_team_ids(%L))::uuid[])', p_column, p_write)
    end
  )
$$;
comment on function private.apply_team_policies(regclass, text, text) is
  'Policies of a table keyed by team_id. p_write: member, staff, admin or none.';

select private.apply_tenant_policies('shared.projects', 'none');
select private.apply_team_policies('outbound.team_members', 'none');
select private.apply_policies(
  'outbound.teams',
  private.agency_condition('read') || ' or id = any((select private.caller_team_ids(''read''))::uuid[])', null
);
create policy teams_update on outbound.teams for update to authenticated
using (id = any((select private.caller_team_ids('staff'))::uuid[]))
with check (id = any((select private.caller_team_ids('staff'))::uuid[]));
grant update (name, physical_address, company_name, settings) on outbound.teams to authenticated;

-- A membership makes the person's accounts -----------------------------------------------------------------------

create function private.ensure_accounts(p_user_id uuid, p_role text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_user record;
begin
  select
    coalesce(nullif(u.email, ''), u.id || '@no-address.invalid') as email,
    coalesce(nullif(btrim(u.raw_user_meta_data ->> 'full_name'), ''), split_part(u.email, '@', 1), u.id::text) as name
  into v_user
  from auth.users u
  where u.id = p_user_id;

  -- An address belongs to the one who signs in with it now; a former account keeps its rows, not the address.
  update shared.users
  set email = id || '@former.invalid', status = 'inactive', deleted_at = private.clock()
  where email = v_user.email and id <> p_user_id;

  insert into shared.users (id, name, email, password_hash, role)
  values (
    p_user_id, v_user.name, v_user.email, '!',
    case p_role when 'admin' then 'admin' when 'manager' then 'manager' when 'viewer' then 'readonly' else 'user' end
  )
  on conflict (id) do nothing;

  insert into outbound.users (id, email, full_name)
  values (p_user_id, left(v_user.email, 255), left(v_user.name, 255))
  on conflict (id) do nothing;
end;
$$;
comment on function private.ensure_accounts(uuid, text) is
  'Gives somebody who signs in their rows in shared.users and outbound.users, under the id of auth.users.';

create function private.tg_memberships__keep_accounts()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    delete from outbound.team_members m
    using integrations.tenants t
    where t.business = old.client and m.team_id = t.team_id and m.user_id = old.user_id;
  end if;
  if tg_op <> 'DELETE' then
    perform private.ensure_accounts(new.user_id, new.role);
    insert into outbound.team_members (team_id, user_id, role, accepted_at)
    select t.team_id, new.user_id, new.role, private.clock()
    from integrations.tenants t
    where t.business = new.client and t.team_id is not null
    on conflict (team_id, user_id) do update set role = excluded.role;
  end if;
  return null;
end;
$$;
comment on function private.tg_memberships__keep_accounts() is
  'Definer: who may write memberships may not write accounts and teams.';
create trigger _500_keep_accounts after insert or delete or update of user_id, client, role
on integrations.memberships
for each row execute function private.tg_memberships__keep_accounts();

-- Secrets at rest ------------------------------------------------------------------------------------------------
-- A column that holds a secret holds sealed text, `v1.<key id>.<iv>.<ciphertext and tag>`, or as jsonb an object of
-- sealed texts, and nothing else: a CHECK named <column>_is_sealed says so. What carries that name is what
-- `npm run secrets:rotate` seals anew.

create function private.keep_sealed(p_table regclass, p_column name)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_sealed text := 'v1[.][A-Za-z0-9_-]{1,40}[.][A-Za-z0-9_-]{16}[.][A-Za-z0-9_-]{22,}';
  v_name text := '"([^"\\]|\\.)*"';
  v_is_object boolean := (
    select a.atttypid = 'jsonb'::regtype
    from pg_catalog.pg_attribute a
    where a.attrelid = p_table and a.attname = p_column
  );
begin
  execute format(
    'alter table %s add constraint %I check (%I%s ~ %L)', p_table, p_column || '_is_sealed', p_column,
    case when v_is_object then '::text' else '' end,
    case
      when v_is_object then format('^{(%s: "%s"(, (?=")|(?=})))*}$', v_name, v_sealed)
      else format('^%s$', v_sealed)
    end
  );
end;
$$;
comment on function private.keep_sealed(regclass, name) is
  'Lets a column hold sealed text only and puts it into private.secret_columns. Who may read it, the table says.';

create view private.secret_columns
with (security_invoker = true) as
select c.oid::regclass as table_name, a.attname as column_name, format_type(a.atttypid, null) as type
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
where k.contype = 'c'
  and k.conname = a.attname || '_is_sealed';
comment on view private.secret_columns is
  'Every column that holds sealed text, found by its CHECK.';
grant select on private.secret_columns to service_role;
