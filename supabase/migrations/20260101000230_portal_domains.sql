-- Domains of the agency: what the registrar says of each (domains), what they are used for (domain_inventory), and the
-- registrar's account. A nightly listing keeps the first, a trigger carries its facts into the second.

create function private.shared_client_condition(p_right text)
returns text
language sql stable
set search_path = ''
as $$
  select format(
    '%s or (client is null and %s)', private.client_condition('client', p_right), private.agency_condition(p_right)
  )
$$;
comment on function private.shared_client_condition(text) is
  'The policy condition of a row that belongs to a client, or to the agency when it names none.';

create function private.apply_shared_client_policies(p_table regclass, p_write text default 'staff')
returns void
language sql
set search_path = ''
as $$
  select private.apply_policies(
    p_table,
    private.shared_client_condition('read'),
    case when p_write <> 'none' then private.shared_client_condition(p_write) end
  )
$$;
comment on function private.apply_shared_client_policies(regclass, text) is
  'Policies of a table whose rows belong to a client or, without one, to the agency.';

create function private.require_staff_of(p_client text)
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if private.is_service() then
    return;
  elsif p_client is null and not private.is_agency()
    or p_client is not null and p_client <> all (array(select private.my_clients()))
  then
    perform private.raise_error('MR001', 'There is no such thing.');
  elsif p_client is null and not private.is_agency('staff')
    or p_client is not null and p_client <> all (array(select private.my_clients('staff')))
  then
    perform private.raise_error('MR004', 'Only the agency''s staff does this.');
  end if;
end;
$$;
comment on function private.require_staff_of(text) is
  'Lets services and the agency''s staff pass. MR001 for whom a client''s rows (null: the agency''s own) are hidden '
  'from, '
  'MR004 for who only reads them.';

create function private.require_client(p_client text)
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if not exists (select from integrations.tenants t where t.business = p_client and not t.is_agency)
    or not private.is_service() and p_client <> all (array(select private.my_clients()))
  then
    perform private.raise_error('MR001', 'There is no such client.', p_client);
  end if;
  perform private.require_staff_of(p_client);
end;
$$;
comment on function private.require_client(text) is
  'As private.require_staff_of, for a client that the caller names: MR001 also when there is none of that name.';

create function private.require_domain_names(p_names text[])
returns void
language plpgsql immutable
set search_path = ''
as $$
declare
  v_wrong text;
begin
  select coalesce(n, '') into v_wrong
  from unnest(p_names) as n
  where n is null
    or n !~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]+$'
  order by n
  limit 1;
  if v_wrong is not null then
    perform private.raise_error(
      'MR002', format('"%s" is no domain name.', left(v_wrong, 100)), null, 'Without https://, such as acme.co.'
    );
  end if;
end;
$$;
comment on function private.require_domain_names(text[]) is
  'MR002 names one that is no domain name, in lower case.';

-- The registrar --------------------------------------------------------------------------------------------------

create table public.domain_providers (
  id uuid primary key default gen_random_uuid(),
  provider_name text not null,
  api_key text not null,
  api_secret text not null,
  is_active boolean default true,
  last_sync_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  name_servers text[] not null default array[
    'curitiba.ns.porkbun.com', 'fortaleza.ns.porkbun.com', 'maceio.ns.porkbun.com', 'salvador.ns.porkbun.com'
  ],
  webhook_id text,
  constraint domain_providers_provider_name_key unique (provider_name),
  constraint provider_is_known check (provider_name in ('porkbun', 'other'))
);
comment on table public.domain_providers is 'The agency''s account at a registrar.';
comment on column public.domain_providers.api_key is 'Sealed text. Users may not read it.';
comment on column public.domain_providers.api_secret is 'Sealed text, as api_key.';
comment on column public.domain_providers.webhook_id is 'The registrar''s id of the webhook that tells us what happens.';
comment on column public.domain_providers.name_servers is 'What a domain gets that names none of its own.';
select private.keep_sealed('public.domain_providers', 'api_key');
select private.keep_sealed('public.domain_providers', 'api_secret');
select private.apply_agency_policies('public.domain_providers', 'none');
revoke select on public.domain_providers from authenticated;
grant select (id, provider_name, is_active, last_sync_at, created_at, updated_at, name_servers, webhook_id)
on public.domain_providers to authenticated;
select private.audit('public.domain_providers', '{}', '{last_sync_at}');
create trigger _100_touch_updated_at before update on public.domain_providers
for each row execute function extensions.moddatetime(updated_at);

create function public.set_domain_provider(p_name text, p_api_key text, p_api_secret text)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  perform private.require_admin();
  if p_name not in ('porkbun', 'other') then
    perform private.raise_error('MR002', format('There is no registrar %s: porkbun, or other.', p_name));
  end if;
  insert into public.domain_providers as p (provider_name, api_key, api_secret)
  values (p_name, p_api_key, p_api_secret)
  on conflict (provider_name) do update
  set api_key = excluded.api_key, api_secret = excluded.api_secret, is_active = true
  returning p.id into v_id;
  return v_id;
exception
  when check_violation then
    perform private.raise_error('MR002', 'Key and secret must be sealed before they are stored.');
end;
$$;
comment on function public.set_domain_provider(text, text, text) is
  'Sets the account at a registrar; key and secret are sealed text. For admins. Definer: users may not write the '
  'table.';
grant execute on function public.set_domain_provider(text, text, text) to authenticated, service_role;

create function public.connect_registrar_webhook(p_provider_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_admin();
  if not exists (
    select from public.domain_providers p where p.id = p_provider_id and p.provider_name = 'porkbun' and p.is_active
  ) then
    perform private.raise_error('MR001', 'There is no such thing.');
  end if;
  perform outbound.enqueue_job('domains', 'connect_porkbun', p_dedupe_key => 'connect porkbun');
  return 'requested';
end;
$$;
comment on function public.connect_registrar_webhook(uuid) is
  'Has a webhook for all events made in the account, in place of the one before. For admins. Definer: users may not '
  'enqueue.';
grant execute on function public.connect_registrar_webhook(uuid) to authenticated, service_role;

create type private.registrar_account as (api_key text, api_secret text, name_servers text[], asked_at timestamptz);

create function private.porkbun_account()
returns private.registrar_account
language plpgsql stable
set search_path = ''
as $$
declare
  v_account private.registrar_account;
begin
  select p.api_key, p.api_secret, p.name_servers, private.clock() into v_account
  from public.domain_providers p
  where p.provider_name = 'porkbun'
    and p.is_active;
  if v_account.api_key is null then
    perform private.raise_error(
      'MR003', 'There is no active Porkbun account.', null, 'An admin sets it: POST /v1/domain-providers.'
    );
  end if;
  return v_account;
end;
$$;
comment on function private.porkbun_account() is
  'The sealed credentials, and when they were asked for: what Porkbun then answers is not older than that.';

-- Domains --------------------------------------------------------------------------------------------------------

create table public.domains (
  id uuid primary key default gen_random_uuid(),
  domain_name text not null,
  provider text not null,
  client text,
  status text not null default 'pending',
  expiration_date date,
  registration_date date,
  dns_configured boolean default false,
  spf_configured boolean default false,
  dkim_configured boolean default false,
  dmarc_configured boolean default false,
  health_status text default 'unknown',
  porkbun_domain_id text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  synced_at timestamptz,
  auto_renew boolean not null default false,
  name_servers text[],
  mx_configured boolean not null default false,
  name_servers_configured boolean not null default false,
  setup_started_at timestamptz,
  dns_checked_at timestamptz,
  dns_verified_at timestamptz,
  failed_dns_checks integer not null default 0,
  health_reasons text[] not null default '{}',
  health_checked_at timestamptz,
  missed_syncs smallint not null default 0,
  last_event_at timestamptz,
  constraint domains_domain_name_key unique (domain_name),
  constraint domain_name_is_normal check (domain_name ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'),
  constraint provider_is_known check (provider in ('porkbun', 'inboxkit', 'missioninbox', 'other')),
  constraint status_is_known check (status in ('active', 'expired', 'pending', 'transferred')),
  constraint health_status_is_known check (health_status in ('healthy', 'warning', 'critical', 'unknown'))
);
create index domains_client_idx on public.domains (client);
create index domains_created_at_idx on public.domains (created_at);
create index domains_status_idx on public.domains (status, created_at);
create index domains_health_status_idx on public.domains (health_status, created_at);
create index domains_health_checked_at_idx on public.domains (health_checked_at nulls first);
create index domains_provider_synced_at_idx on public.domains (provider, synced_at);
comment on table public.domains is
  'A domain that the agency owns: the registrar''s facts, whether its DNS is as wanted, and its health.';
comment on column public.domains.dns_configured is
  'The last look at DNS found the name servers and every record that its inbox provider requires.';
comment on column public.domains.name_servers is 'Wanted; null: those of the registrar''s account.';
comment on column public.domains.setup_started_at is
  'When records were last asked for; propagation is counted from it.';
comment on column public.domains.dns_verified_at is 'When DNS was first as wanted.';
comment on column public.domains.failed_dns_checks is 'Looks at DNS in a row that found something missing.';
comment on column public.domains.health_reasons is 'Why it is not healthy, worst first; docs/domains.md lists them.';
comment on column public.domains.missed_syncs is
  'Listings in a row that did not have it. Two, as what moves while it is paged may be missed by one.';
comment on column public.domains.last_event_at is
  'Provider time of the newest webhook applied; an older one changes nothing.';
select private.apply_shared_client_policies('public.domains', 'staff');
revoke insert, update on public.domains from authenticated;
grant insert (domain_name, provider, client, status, expiration_date, registration_date, name_servers)
on public.domains to authenticated;
grant update (client, name_servers) on public.domains to authenticated;
create function private.tg_domains__normalize()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_wrong text;
begin
  new.domain_name := lower(btrim(new.domain_name));
  new.name_servers := array(select lower(btrim(n, '. ')) from unnest(new.name_servers) with ordinality as u (n, i) order by i);
  if new.domain_name !~ '^[a-z0-9-]+([.][a-z0-9-]+)+$' then
    perform private.raise_error('MR002', format('"%s" is no domain name.', left(new.domain_name, 100)));
  end if;
  select n into v_wrong from unnest(new.name_servers) as n where n !~ '^[a-z0-9-]+([.][a-z0-9-]+)+$' limit 1;
  if found then
    perform private.raise_error('MR002', format('"%s" is no name server.', left(v_wrong, 100)));
  end if;
  new.name_servers := nullif(new.name_servers, '{}');
  return new;
end;
$$;
create trigger _100_normalize before insert or update of domain_name, name_servers on public.domains
for each row execute function private.tg_domains__normalize();
create trigger _100_touch_updated_at before update on public.domains
for each row execute function extensions.moddatetime(updated_at);

create table public.domain_inventory (
  id uuid primary key default gen_random_uuid(),
  domain_name text not null,
  client text,
  registrar text,
  inbox_provider text,
  status text default 'available',
  purchased_at timestamptz,
  purchase_price numeric,
  expires_at date,
  dns_configured boolean default false,
  assigned_to_provider_at timestamptz,
  inboxes_ordered integer default 0,
  inboxes_active integer default 0,
  purchase_batch_id uuid,
  renewal_date date,
  activated_at timestamptz,
  cancelled_at timestamptz,
  notes text,
  tags jsonb default '[]',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint domain_inventory_domain_name_key unique (domain_name),
  constraint domain_name_is_normal check (domain_name ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'),
  constraint registrar_is_known check (registrar in ('porkbun', 'namecheap', 'godaddy', 'other')),
  constraint inbox_provider_is_known check (inbox_provider in ('missioninbox', 'inboxkit', 'none')),
  constraint status_is_known check (
    status in ('available', 'purchased', 'configured', 'in_use', 'expired', 'reserved')
  ),
  constraint tags_are_a_list check (jsonb_typeof(tags) = 'array')
);
create index domain_inventory_client_status_idx on public.domain_inventory (client, status);
create index domain_inventory_created_at_idx on public.domain_inventory (created_at);
create index domain_inventory_status_idx on public.domain_inventory (status, created_at);
create index domain_inventory_purchase_batch_id_idx on public.domain_inventory (purchase_batch_id);
comment on table public.domain_inventory is
  'What a domain is used for. available: may be bought, by nobody yet. reserved: in a purchase batch. purchased: '
  'owned. '
  'configured: its DNS is verified. in_use: inboxes send from it. expired: no longer ours.';
comment on column public.domain_inventory.inboxes_ordered is
  'Mailboxes on it that were ordered and neither failed nor were canceled; kept by a trigger.';
comment on column public.domain_inventory.inboxes_active is 'Its inboxes that can send; kept by a trigger.';
comment on column public.domain_inventory.assigned_to_provider_at is
  'When mailboxes were first ordered on it at its inbox_provider.';
select private.apply_shared_client_policies('public.domain_inventory', 'staff');
revoke insert, update, delete on public.domain_inventory from authenticated;
grant update (inbox_provider, notes, tags, renewal_date, cancelled_at)
on public.domain_inventory to authenticated;
create trigger _100_touch_updated_at before update on public.domain_inventory
for each row execute function extensions.moddatetime(updated_at);

create function private.inventory_status(p_domain public.domains, p_inboxes integer)
returns text
language sql immutable
set search_path = ''
as $$
  select case
    when p_domain.status in ('expired', 'transferred') then 'expired'
    when p_domain.status = 'pending' then 'reserved'
    when p_inboxes > 0 then 'in_use'
    when p_domain.dns_configured then 'configured'
    else 'purchased'
  end
$$;
comment on function private.inventory_status(public.domains, integer) is
  'What an owned domain is in the inventory, given its active inboxes.';

create function private.tg_domains__keep_inventory()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into public.domain_inventory as i (
    domain_name, client, registrar, inbox_provider, status, expires_at, dns_configured
  )
  select
    d.domain_name, d.client, case when d.provider = 'porkbun' then 'porkbun' else 'other' end,
    case when d.provider in ('inboxkit', 'missioninbox') then d.provider else 'none' end,
    private.inventory_status(d, 0), d.expiration_date, d.dns_configured
  from changed d
  order by d.domain_name
  on conflict (domain_name) do update
  set client = excluded.client,
      status = case
        when excluded.status in ('expired', 'reserved') then excluded.status
        when i.inboxes_active > 0 then 'in_use'
        else excluded.status
      end,
      expires_at = excluded.expires_at,
      renewal_date = coalesce(excluded.expires_at, i.renewal_date),
      dns_configured = excluded.dns_configured
  where (i.client, i.expires_at, i.dns_configured) is distinct from
        (excluded.client, excluded.expires_at, excluded.dns_configured)
     or i.status <> case
          when excluded.status not in ('expired', 'reserved') and i.inboxes_active > 0 then 'in_use'
          else excluded.status
        end;
  return null;
end;
$$;
comment on function private.tg_domains__keep_inventory() is
  'Carries what changed in domains into domain_inventory, once a statement. Definer: staff may not write all of it.';
create trigger _500_keep_inventory_of_new after insert on public.domains
referencing new table as changed
for each statement execute function private.tg_domains__keep_inventory();
create trigger _500_keep_inventory after update on public.domains
referencing new table as changed
for each statement execute function private.tg_domains__keep_inventory();

-- The registrar's listing ----------------------------------------------------------------------------------------

insert into integrations.notice_kinds (kind, description, severity)
values ('domain_gone', 'The registrar no longer lists a domain of ours.', 'warning');

insert into outbound.rate_limits (name, amount, per, burst, concurrency)
values ('porkbun_account', 1, '2 seconds', 1, 1);
insert into outbound.job_limits (job_type, rate_limit)
values ('sync_domains', 'porkbun_account'), ('connect_porkbun', 'porkbun_account');

create function private.request_domain_sync()
returns uuid
language sql
set search_path = ''
as $$
  select outbound.enqueue_job('domains', 'sync_domains', '{"start": 0}', p_dedupe_key => 'sync domains')
  from public.domain_providers p
  where p.provider_name = 'porkbun'
    and p.is_active
$$;
comment on function private.request_domain_sync() is
  'Has the registrar''s listing read, page by page. Null: there is no account.';

create function integrations.get_registrar_account()
returns table (api_key text, api_secret text, asked_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
  select a.api_key, a.api_secret, a.asked_at from private.porkbun_account() as a
$$;
comment on function integrations.get_registrar_account() is
  'Sealed credentials of the Porkbun account. MR003: there is none. Definer: job_worker may read no table.';

create function integrations.start_porkbun_webhook(p_token_hash bytea)
returns table (api_key text, api_secret text, old_webhook_id text)
language plpgsql security definer
set search_path = ''
as $$
begin
  select p.webhook_id into old_webhook_id
  from public.domain_providers p
  where p.provider_name = 'porkbun'
  for update;
  update integrations.webhook_endpoints e
  set previous_token_hash = e.token_hash, previous_token_expires_at = private.clock() + interval '7 days',
      token_hash = p_token_hash
  where e.provider = 'porkbun'
    and e.client = private.agency_tenant();
  if not found then
    insert into integrations.webhook_endpoints (provider, client, token_hash)
    values ('porkbun', private.agency_tenant(), p_token_hash);
  end if;
  return query
  select a.api_key, a.api_secret, start_porkbun_webhook.old_webhook_id from private.porkbun_account() as a;
end;
$$;
comment on function integrations.start_porkbun_webhook(bytea) is
  'The agency''s endpoint has this token from now on (and the one before for a week): make the webhook at Porkbun, then '
  'delete the old one. Definer: job_worker may write no table.';

create function integrations.finish_porkbun_webhook(p_webhook_id text, p_secret text)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  update public.domain_providers p set webhook_id = p_webhook_id where p.provider_name = 'porkbun';
  update integrations.webhook_endpoints e
  set previous_signing_secret = e.signing_secret,
      previous_signing_secret_expires_at = private.clock() + interval '7 days',
      signing_secret = p_secret,
      require_signature = true
  where e.provider = 'porkbun'
    and e.client = private.agency_tenant();
end;
$$;
comment on function integrations.finish_porkbun_webhook(text, text) is
  'The webhook was made at Porkbun; p_secret is sealed. Definer: job_worker may write no table.';

create function private.tell_gone_domains(p_run timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_gone public.domains;
  v_count integer := 0;
begin
  update public.domains d
  set missed_syncs = d.missed_syncs + 1
  where d.provider = 'porkbun'
    and d.status <> 'transferred'
    and d.created_at < p_run
    and (d.synced_at is null or d.synced_at < p_run);
  for v_gone in
    update public.domains d
    set status = 'transferred'
    where d.provider = 'porkbun'
      and d.status <> 'transferred'
      and d.missed_syncs >= 2
    returning d.*
  loop
    perform integrations.notify(
      'domain_gone', v_gone.client, v_gone.domain_name || ' ' || p_run::date,
      format('%s is no longer in the Porkbun account: it was transferred, deleted, or given up.', v_gone.domain_name)
    );
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function private.tell_gone_domains(timestamptz) is
  'What a whole listing since p_run did not have, for the second time in a row, is no longer ours.';

create function integrations.store_domain_page(
  p_start integer, p_run timestamptz, p_asked_at timestamptz, p_domains jsonb, p_has_more boolean
)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run timestamptz := coalesce(p_run, p_asked_at);
  v_count integer;
begin
  insert into public.domains as d (
    domain_name, provider, status, registration_date, expiration_date, auto_renew, porkbun_domain_id, synced_at
  )
  select distinct on (r.domain)
    r.domain, 'porkbun', case when r.expires_on < private.clock()::date then 'expired' else 'active' end,
    r.registered_on, r.expires_on, coalesce(r.auto_renew, false), r.id, p_asked_at
  from jsonb_to_recordset(p_domains) as r (
    domain text, registered_on date, expires_on date, auto_renew boolean, id text
  )
  order by r.domain
  on conflict (domain_name) do update
  set provider = 'porkbun',
      -- A webhook that came after the question knows better.
      status = case when d.last_event_at > p_asked_at then d.status else excluded.status end,
      expiration_date = case
        when d.last_event_at > p_asked_at then d.expiration_date
        else coalesce(excluded.expiration_date, d.expiration_date)
      end,
      registration_date = coalesce(excluded.registration_date, d.registration_date),
      auto_renew = excluded.auto_renew,
      porkbun_domain_id = coalesce(excluded.porkbun_domain_id, d.porkbun_domain_id),
      missed_syncs = 0,
      synced_at = excluded.synced_at
  where d.synced_at is null or d.synced_at <= p_asked_at;
  get diagnostics v_count = row_count;

  if p_has_more then
    perform outbound.enqueue_job(
      'domains', 'sync_domains',
      jsonb_build_object('start', p_start + jsonb_array_length(p_domains), 'run', v_run), p_max_attempts => 10
    );
  else
    perform private.tell_gone_domains(v_run);
    update public.domain_providers set last_sync_at = private.clock() where provider_name = 'porkbun';
  end if;
  return v_count;
end;
$$;
comment on function integrations.store_domain_page(integer, timestamptz, timestamptz, jsonb, boolean) is
  'Stores a page of the registrar''s listing, [{domain, registered_on, expires_on, auto_renew, id}] as it was at '
  'p_asked_at, in one statement; enqueues the next page, or ends the run that began at p_run. Definer: job_worker may '
  'write no table.';

grant execute on function
  integrations.start_porkbun_webhook(bytea),
  integrations.finish_porkbun_webhook(text, text),
  integrations.get_registrar_account(),
  integrations.store_domain_page(integer, timestamptz, timestamptz, jsonb, boolean)
to job_worker;
