-- The agency's clients, their targets and their Calendly connections.
--
-- A client is known by its name in every other table. "Clients" is where a name is born, changed and nowhere else:
-- its trigger keeps "RR_clients_IDs", integrations.tenants and every table that carries the name in step.

-- Clients --------------------------------------------------------------------------------------------------------

create table public."Clients" (
  "Business" text primary key,
  "Api Key - Bison" text,
  "Client ID - Bison" text,
  "App URL- Bison" text,
  "Website" text
);
comment on table public."Clients" is
  'An agency client and how to reach its EmailBison workspace. Adding one makes its tenant, renaming one renames it '
  'everywhere.';
comment on column public."Clients"."Business" is
  'The client''s name, and the value of every `client` column.';
comment on column public."Clients"."Api Key - Bison" is
  'Sealed text (v1.<key id>.<iv>.<ciphertext>). Users may write it but not read it; only the functions can open it.';
comment on column public."Clients"."Client ID - Bison" is
  'EmailBison workspace id. Ids repeat between instances, so it means something only beside "App URL- Bison".';
comment on column public."Clients"."App URL- Bison" is
  'Address of the EmailBison instance, such as https://dedi.emailbison.com.';

select private.keep_sealed('public."Clients"', 'Api Key - Bison');

-- A name just written is not yet among the writer's clients, hence the role alone decides for staff.
select private.apply_policies(
  'public."Clients"',
  private.client_condition('Business', 'read') || ' or ' || private.agency_condition('read'),
  private.agency_condition('staff')
);
revoke select on public."Clients" from authenticated;
grant select ("Business", "Client ID - Bison", "App URL- Bison", "Website") on public."Clients" to authenticated;
select private.audit('public."Clients"');

-- Client ids -----------------------------------------------------------------------------------------------------

create table public."RR_clients_IDs" (
  client_id uuid primary key default gen_random_uuid(),
  client_name text not null,
  constraint "RR_clients_IDs_client_name_key" unique (client_name)
);
comment on table public."RR_clients_IDs" is
  'The uuid of each client name. Kept by the trigger on "Clients"; an id outlives every rename.';
select private.apply_client_policies('public."RR_clients_IDs"', p_write => 'none', p_column => 'client_name');

create function private.rename_client(p_from text, p_to text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_column record;
begin
  update public."RR_clients_IDs" set client_name = p_to where client_name = p_from;
  update integrations.tenants set business = p_to where business = p_from;

  for v_column in
    select c.oid::regclass as tbl, a.attname as name
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid
    where pg_catalog.pg_get_userbyid(c.relowner) = current_user
      and c.relkind in ('r', 'p')
      and not c.relispartition
      and a.attname in ('client', 'last_client')
      and a.atttypid = 'text'::regtype
      and not a.attisdropped
    -- Triggers of the others write internal tables, under both names.
    order by c.relnamespace = 'private'::regnamespace, c.relname
  loop
    execute format('update %s set %I = $2 where %I = $1', v_column.tbl, v_column.name, v_column.name)
    using p_from, p_to;
  end loop;
end;
$$;
comment on function private.rename_client(text, text) is
  'Carries a new client name into every table that names its client. Only "Campaigns" has a foreign key; rows left '
  'behind under the old name would belong to the next client that takes it.';

create function private.tg_clients__keep_tenant()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    perform private.rename_client(old."Business", new."Business");
  end if;
  perform private.ensure_tenant(new."Business");
  return null;
end;
$$;
comment on function private.tg_clients__keep_tenant() is
  'Definer: staff may add or rename a client, but not write tenants, memberships or endpoints themselves.';

create function private.tg_clients__hold_deliveries()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  lock table integrations.webhook_events in exclusive mode;
  return null;
end;
$$;
comment on function private.tg_clients__hold_deliveries() is
  'Waits for deliveries that are being handled and holds off more until the rename is committed: what they write under '
  'the old name meanwhile would stay there. Definer: staff may not lock the inbox.';

-- Before the client's row is locked, as a delivery with a new campaign locks that one, too.
create trigger _100_hold_deliveries before update of "Business" on public."Clients"
for each statement execute function private.tg_clients__hold_deliveries();
create trigger _500_add_tenant after insert on public."Clients"
for each row execute function private.tg_clients__keep_tenant();
create trigger _500_rename_tenant after update of "Business" on public."Clients"
for each row when (old."Business" is distinct from new."Business")
execute function private.tg_clients__keep_tenant();

-- Targets --------------------------------------------------------------------------------------------------------

create table public.client_targets (
  id bigserial primary key,
  client text not null,
  emails_per_day numeric default 0,
  prospects_per_day numeric default 0,
  replies_per_day numeric default 0,
  bounces_per_day numeric default 0,
  meetings_per_day numeric default 0,
  "interested_replies_per day" numeric,
  monthly_contract_value numeric default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint client_targets_client_key unique (client)
);
comment on table public.client_targets is
  'What a client is promised a day, one row a client. bounces_per_day is a ceiling, every other number a goal.';
comment on column public.client_targets.monthly_contract_value is
  'What the client pays a month.';
select private.apply_client_policies('public.client_targets', p_write => 'staff');
grant usage on sequence public.client_targets_id_seq to authenticated;

create trigger _100_touch_updated_at before update on public.client_targets
for each row execute function extensions.moddatetime(updated_at);

-- Calendly -------------------------------------------------------------------------------------------------------

create table public.calendly_integrations (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  access_token text not null,
  refresh_token text not null,
  token_expires_at timestamptz,
  calendly_user_uri text,
  calendly_user_email text,
  webhook_subscription_uri text,
  connected_by text,
  connected_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint calendly_integrations_client_key unique (client)
);
comment on table public.calendly_integrations is
  'A client''s Calendly connection (OAuth), one a client.';
comment on column public.calendly_integrations.access_token is
  'Sealed text. Users may not read it; only the functions can open it.';
comment on column public.calendly_integrations.refresh_token is
  'Sealed text, as access_token. Calendly accepts each refresh token once.';
select private.keep_sealed('public.calendly_integrations', 'access_token');
select private.keep_sealed('public.calendly_integrations', 'refresh_token');
select private.apply_client_policies('public.calendly_integrations', p_write => 'staff');
revoke select on public.calendly_integrations from authenticated;
grant select (
  id, client, token_expires_at, calendly_user_uri, calendly_user_email, webhook_subscription_uri, connected_by,
  connected_at, updated_at
) on public.calendly_integrations to authenticated;
select private.audit('public.calendly_integrations', '{}', '{token_expires_at}');

create trigger _100_touch_updated_at before update on public.calendly_integrations
for each row execute function extensions.moddatetime(updated_at);
