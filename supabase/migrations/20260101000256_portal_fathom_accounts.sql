-- The agency's accounts at Fathom: each has a key, a webhook of its own, and a cursor on the list of its meetings.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('calls.sync_minutes', 30, 'minutes', 5, 1440, 'Meetings are listed this often.'),
  ('calls.sync_overlap_hours', 24, 'hours', 0, 336, 'Each list begins so long before the newest known meeting.'),
  ('calls.sync_first_days', 30, 'days', 0, 730, 'The first list goes back so far.');

insert into integrations.notice_kinds (kind, description, severity)
values ('fathom_disconnected', 'Fathom no longer accepts an API key: somebody must store a new one.', 'urgent');

insert into outbound.rate_limits (name, amount, per, burst) values ('fathom', 50, '1 minute', 10);
insert into outbound.job_limits (job_type, rate_limit, key_field)
values ('sync_fathom', 'fathom', 'account'), ('fetch_fathom_call', 'fathom', 'account');

create table integrations.fathom_accounts (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  api_key text not null,
  status text not null default 'connected',
  disconnected_at timestamptz,
  disconnect_reason text,
  endpoint_id bigint,
  webhook_id text,
  sync_at timestamptz not null default now(),
  synced_until timestamptz,
  synced_at timestamptz,
  created_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint status_is_known check (status in ('connected', 'disconnected')),
  constraint disconnected_says_when_and_why check (
    (status = 'disconnected') = (disconnected_at is not null and disconnect_reason is not null)
  )
);
select private.keep_sealed('integrations.fathom_accounts', 'api_key');
create index fathom_accounts_endpoint_id_idx on integrations.fathom_accounts (endpoint_id);
create index fathom_accounts_sync_at_idx on integrations.fathom_accounts (sync_at) where status = 'connected';
create index fathom_accounts_created_at_idx on integrations.fathom_accounts (created_at, id);
comment on table integrations.fathom_accounts is
  'Whose recordings we read: a Fathom API key shows its user''s own calls and those shared with the team.';
comment on column integrations.fathom_accounts.endpoint_id is
  'integrations.webhook_endpoints.id. No foreign key: endpoints are a tenant''s, accounts the agency''s.';
comment on column integrations.fathom_accounts.synced_until is
  'When the newest meeting was made that a list has shown; the next one begins calls.sync_overlap_hours before.';
select private.apply_agency_policies('integrations.fathom_accounts', 'none');
revoke select on integrations.fathom_accounts from authenticated;
grant select (
  id, name, status, disconnected_at, disconnect_reason, endpoint_id, webhook_id, sync_at, synced_until, synced_at,
  created_by, created_at, updated_at
) on integrations.fathom_accounts to authenticated;
create trigger _100_touch_updated_at before update on integrations.fathom_accounts
for each row execute function extensions.moddatetime(updated_at);
select private.audit('integrations.fathom_accounts', '{}', '{sync_at,synced_until,synced_at}');

create function integrations.connect_fathom(p_name text, p_api_key text)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_account integrations.fathom_accounts;
begin
  if not private.is_service() and not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only the agency''s staff may do this.');
  end if;
  insert into integrations.fathom_accounts as a (name, api_key, created_by, sync_at)
  values (btrim(p_name), p_api_key, private.actor(), private.clock())
  on conflict (name) do update
  set api_key = excluded.api_key, status = 'connected', disconnected_at = null, disconnect_reason = null,
      sync_at = excluded.sync_at
  returning * into v_account;
  perform outbound.enqueue_job(
    'fathom', 'connect_fathom', jsonb_build_object('account', v_account.id), p_dedupe_key => 'connect ' || v_account.id
  );
  return v_account.id;
exception
  when check_violation then
    perform private.raise_error('MR002', 'The account needs a name, and its key must be sealed.');
end;
$$;
comment on function integrations.connect_fathom(text, text) is
  'Stores a Fathom account''s API key (sealed), or a new key for it; a job makes its webhook. Agency staff and services. '
  'Definer: users may not write the table.';

create function integrations.get_fathom_account(p_account uuid)
returns table (api_key text, created_after timestamptz)
language plpgsql security definer
set search_path = ''
as $$
begin
  return query
  select
    a.api_key,
    coalesce(
      a.synced_until - private.setting('calls.sync_overlap_hours') * interval '1 hour',
      private.clock() - private.setting('calls.sync_first_days') * interval '1 day'
    )
  from integrations.fathom_accounts a
  where a.id = p_account
    and a.status = 'connected';
end;
$$;
comment on function integrations.get_fathom_account(uuid) is
  'The sealed key of a connected account, and from when on its meetings are listed; no row: it is disconnected. Definer: '
  'job_worker may read no table.';

create function integrations.fail_fathom_account(p_account uuid, p_reason text)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_account integrations.fathom_accounts;
begin
  update integrations.fathom_accounts a
  set status = 'disconnected', disconnected_at = private.clock(), disconnect_reason = p_reason
  where a.id = p_account
    and a.status = 'connected'
  returning * into v_account;
  if found then
    perform integrations.notify(
      'fathom_disconnected', null, format('%s %s', p_account, v_account.disconnected_at),
      format('Fathom refuses the key of %s: its calls are not read. Store a new key for it. (%s)', v_account.name, p_reason)
    );
  end if;
end;
$$;
comment on function integrations.fail_fathom_account(uuid, text) is
  'Fathom refused the key: the account is disconnected, and people are told once. Definer: as '
  'integrations.get_fathom_account.';

create function integrations.prepare_fathom_webhook(p_account uuid, p_token_hash bytea)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_account integrations.fathom_accounts;
  v_endpoint bigint;
begin
  select * into v_account from integrations.fathom_accounts a where a.id = p_account for update;
  if v_account.status is distinct from 'connected' then
    return 'disconnected';
  elsif v_account.webhook_id is not null and exists (
    select from integrations.webhook_endpoints e where e.id = v_account.endpoint_id and e.is_active
  ) then
    return 'there';
  end if;
  -- Fathom tells a webhook's secret once. One whose secret was lost keeps a token that nobody knows any more.
  update integrations.webhook_endpoints e
  set token_hash = p_token_hash, is_active = true
  where e.id = v_account.endpoint_id;
  if not found then
    insert into integrations.webhook_endpoints as e (provider, client, token_hash)
    values ('fathom', private.agency_tenant(), p_token_hash)
    returning e.id into v_endpoint;
    update integrations.fathom_accounts a set endpoint_id = v_endpoint where a.id = p_account;
  end if;
  return 'make';
end;
$$;
comment on function integrations.prepare_fathom_webhook(uuid, bytea) is
  'make: the account''s endpoint has this token from now on, make the webhook at Fathom; there: it has one; '
  'disconnected. Definer: as integrations.get_fathom_account.';

create function integrations.store_fathom_webhook(p_account uuid, p_webhook_id text, p_secret text)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_endpoint bigint;
begin
  update integrations.fathom_accounts a
  set webhook_id = p_webhook_id
  where a.id = p_account
  returning a.endpoint_id into v_endpoint;
  update integrations.webhook_endpoints e
  set signing_secret = p_secret, require_signature = true
  where e.id = v_endpoint;
end;
$$;
comment on function integrations.store_fathom_webhook(uuid, text, text) is
  'The webhook was made at Fathom; p_secret is sealed. Definer: as integrations.get_fathom_account.';

grant execute on function integrations.connect_fathom(text, text) to authenticated;
grant execute on function
  integrations.get_fathom_account(uuid),
  integrations.fail_fathom_account(uuid, text),
  integrations.prepare_fathom_webhook(uuid, bytea),
  integrations.store_fathom_webhook(uuid, text, text)
to job_worker;
