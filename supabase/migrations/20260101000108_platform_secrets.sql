-- Credentials of other services (sealed), and the API keys that people present to us (hashed).
--
-- The database never sees a plain secret: what we must be able to read again is sealed by the functions, what we only
-- compare is stored as SHA-256.

select private.keep_sealed('integrations.webhook_endpoints', 'signing_secret');
select private.keep_sealed('integrations.webhook_endpoints', 'previous_signing_secret');
select private.keep_sealed('shared.webhook_subscriptions', 'headers');

-- Credentials ----------------------------------------------------------------------------------------------------

create table shared.credentials (
  id uuid primary key default gen_random_uuid(),
  tenant_id varchar(255) not null,
  project_id uuid references shared.projects (id) on delete set null,
  credential_type varchar(50) not null,
  name varchar(255) not null,
  description text,
  encrypted_value_ciphertext text not null,
  encrypted_value_nonce text not null,
  oauth_access_token_ciphertext text,
  oauth_access_token_nonce text,
  oauth_refresh_token_ciphertext text,
  oauth_refresh_token_nonce text,
  oauth_token_type varchar(20) default 'Bearer',
  oauth_expires_at timestamptz,
  metadata jsonb default '{}',
  is_active boolean default true,
  expires_at timestamptz,
  last_used_at timestamptz,
  version integer not null default 1,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint credential_type_is_a_word check (credential_type ~ '^[a-z][a-z0-9_]*$')
);
comment on table shared.credentials is
  'Access to another service on behalf of a tenant (project_id: of one project). Written by the functions alone.';
comment on column shared.credentials.credential_type is
  'A word for the kind, such as slack_bot, smtp_password or whatsapp_token; the list is open.';
comment on column shared.credentials.encrypted_value_ciphertext is
  'Sealed text. The *_nonce columns repeat its third part, filled by a trigger.';
comment on column shared.credentials.metadata is 'What helps to find and use it. Nothing secret.';
create unique index credentials_tenant_id_project_id_name_key
on shared.credentials (tenant_id, coalesce(project_id::text, 'global'), name);
create index credentials_project_id_idx on shared.credentials (project_id);
create index credentials_tenant_id_credential_type_idx on shared.credentials (tenant_id, credential_type);
create index credentials_expires_at_idx on shared.credentials (expires_at);
create index credentials_metadata_idx on shared.credentials using gin (metadata);

select private.keep_sealed('shared.credentials', 'encrypted_value_ciphertext');
select private.keep_sealed('shared.credentials', 'oauth_access_token_ciphertext');
select private.keep_sealed('shared.credentials', 'oauth_refresh_token_ciphertext');

create function private.tg_credentials__copy_nonces()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.encrypted_value_nonce := split_part(new.encrypted_value_ciphertext, '.', 3);
  new.oauth_access_token_nonce := split_part(new.oauth_access_token_ciphertext, '.', 3);
  new.oauth_refresh_token_nonce := split_part(new.oauth_refresh_token_ciphertext, '.', 3);
  return new;
end;
$$;
create trigger _100_copy_nonces before insert or update on shared.credentials
for each row execute function private.tg_credentials__copy_nonces();
create trigger _100_raise_version before update on shared.credentials
for each row execute function private.tg_any__raise_version();
create trigger _100_touch_updated_at before update on shared.credentials
for each row execute function extensions.moddatetime(updated_at);

select private.apply_tenant_policies('shared.credentials', 'none');
revoke select on shared.credentials from authenticated;
grant select (
  id, tenant_id, project_id, credential_type, name, description, oauth_token_type, oauth_expires_at, metadata,
  is_active, expires_at, last_used_at, version, created_at, updated_at
)
on shared.credentials to authenticated;

-- API keys -------------------------------------------------------------------------------------------------------

create table shared.user_api_keys (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references shared.users (id) on delete cascade,
  name text not null,
  key_hash text not null,
  active boolean default true,
  last_used timestamptz,
  expires_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  prefix text not null,
  scopes text[] not null,
  client text references integrations.tenants (business) on update cascade on delete cascade,
  rate_limit integer not null default 120,
  constraint user_api_keys_key_hash_key unique (key_hash),
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint key_hash_is_sha256 check (key_hash ~ '^[0-9a-f]{64}$'),
  constraint prefix_is_short check (prefix ~ '^[A-Za-z0-9]{8}$'),
  constraint scopes_are_words check (array_to_string(scopes, ' ', '?') ~ '^[a-z_]+(:[a-z]+)?( [a-z_]+(:[a-z]+)?)*$'),
  constraint rate_limit_is_positive check (rate_limit between 1 and 100000)
);
comment on table shared.user_api_keys is
  'Keys of the API, `mr_<prefix>_<secret>`. A key acts as its user: scopes and client narrow what the user may do, '
  'nothing widens it. Only the SHA-256 of the whole key is kept.';
comment on column shared.user_api_keys.key_hash is 'SHA-256 of the whole key, hex.';
comment on column shared.user_api_keys.prefix is 'The readable start of the key, for telling keys apart.';
comment on column shared.user_api_keys.scopes is
  'Such as leads:read or crm:write; admin is everything that the user may do.';
comment on column shared.user_api_keys.client is 'The one client it is for; null for every client of the user.';
comment on column shared.user_api_keys.rate_limit is 'Requests a minute.';
comment on column shared.user_api_keys.last_used is 'Kept to the minute.';
create index user_api_keys_user_id_idx on shared.user_api_keys (user_id);
create index user_api_keys_client_idx on shared.user_api_keys (client);
create trigger _100_touch_updated_at before update on shared.user_api_keys
for each row execute function extensions.moddatetime(updated_at);

select private.apply_policies(
  'shared.user_api_keys',
  private.client_condition('client', 'read') || ' or ' || private.agency_condition('read')
  || ' or user_id = (select private.caller_id())',
  null
);
revoke select on shared.user_api_keys from authenticated;
grant select (
  id, user_id, name, active, last_used, expires_at, created_at, updated_at, deleted_at, prefix, scopes, client,
  rate_limit
)
on shared.user_api_keys to authenticated;

create function private.is_service()
returns boolean
language sql stable
set search_path = ''
as $$
  select current_setting('role') not in ('authenticated', 'anon')
$$;
comment on function private.is_service() is
  'Whether a service calls, not a user. True also inside of a definer function, which leaves the setting as it was.';

create function private.require_admin()
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if not private.is_service() and not private.is_agency('admin') then
    perform private.raise_error('MR004', 'Only an admin of the agency may do this.');
  end if;
end;
$$;
comment on function private.require_admin() is
  'Lets services and admins of the agency pass; MR004 for everybody else.';

create function integrations.create_api_key(
  p_user uuid,
  p_name text,
  p_scopes text[],
  p_key_hash text,
  p_prefix text,
  p_expires_at timestamptz default null,
  p_client text default null,
  p_rate_limit integer default 120
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  if not private.is_service() and p_user is distinct from auth.uid() then
    perform private.require_admin();
  end if;
  if p_client is distinct from coalesce(auth.jwt() ->> 'millrace_client', p_client) then
    perform private.raise_error('MR004', 'A key for one client makes keys for that client alone.');
  elsif p_expires_at <= private.clock() then
    perform private.raise_error('MR002', 'The key would have expired already.', p_expires_at::text);
  elsif coalesce(cardinality(p_scopes), 0) = 0 then
    perform private.raise_error('MR002', 'A key needs a scope.', null, 'Such as leads:read.');
  elsif not exists (
    select from integrations.memberships m
    where m.user_id = p_user and (m.client is null or p_client is null or m.client = p_client)
  ) then
    perform private.raise_error('MR002', 'The user has no such membership.', null, 'A key acts as its user.');
  end if;
  insert into shared.user_api_keys (user_id, name, scopes, key_hash, prefix, expires_at, client, rate_limit)
  values (p_user, p_name, p_scopes, p_key_hash, p_prefix, p_expires_at, p_client, p_rate_limit)
  returning id into v_id;
  return v_id;
exception
  when check_violation then
    perform private.raise_error('MR002', 'The key''s name, scopes, prefix, hash or rate limit is malformed.', sqlerrm);
  when foreign_key_violation then
    perform private.raise_error('MR002', 'There is no such client.', p_client);
end;
$$;
comment on function
  integrations.create_api_key(uuid, text, text[], text, text, timestamptz, text, integer)
is
  'Registers an API key that the caller has made (p_key_hash: SHA-256 of the whole key, hex) and answers its id. Users '
  'make keys for themselves, admins for others. Definer: users may not write the table.';

create function integrations.revoke_api_key(p_key_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_key shared.user_api_keys;
begin
  select k.* into v_key from shared.user_api_keys k where k.id = p_key_id for update;
  if v_key.id is null
    or not (private.is_service() or v_key.user_id = auth.uid() or private.is_agency('admin'))
  then
    perform private.raise_error('MR001', 'There is no such API key.');
  elsif not v_key.active then
    return 'already_revoked';
  end if;
  update shared.user_api_keys set active = false, deleted_at = private.clock() where id = p_key_id;
  return 'revoked';
end;
$$;
comment on function integrations.revoke_api_key(uuid) is
  'Ends an API key at once: revoked or already_revoked. Users end their own, admins any. MR001: unknown, or somebody '
  'else''s. Definer: users may not write the table.';

create function integrations.authenticate_api_key(p_key text)
returns table (user_id uuid, key_id uuid, scopes text[], client text, rate_limit integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_last_used timestamptz;
begin
  select k.user_id, k.id, k.scopes, k.client, k.rate_limit, k.last_used
  into user_id, key_id, scopes, client, rate_limit, v_last_used
  from shared.user_api_keys k
  join auth.users u on u.id = k.user_id
  where k.key_hash = p_key
    and k.active
    and (k.expires_at is null or k.expires_at > v_now)
    and u.deleted_at is null
    and (u.banned_until is null or u.banned_until <= v_now);
  if not found then
    return;
  end if;
  if v_last_used is null or v_last_used < v_now - interval '1 minute' then
    -- Requests of one key do not wait for each other.
    update shared.user_api_keys k
    set last_used = v_now
    where k.id = (select l.id from shared.user_api_keys l where l.id = key_id for update skip locked);
  end if;
  return next;
end;
$$;
comment on function integrations.authenticate_api_key(text) is
  'Whose key this is (its SHA-256, hex) and what it may do. No row: unknown, expired or revoked, or its user is banned '
  'or gone. Notes the use once a minute. Definer: api_gateway may read no table.';

revoke execute on function integrations.authenticate_api_key(text) from service_role;
grant execute on function integrations.authenticate_api_key(text) to api_gateway;
grant execute on function
  integrations.create_api_key(uuid, text, text[], text, text, timestamptz, text, integer),
  integrations.revoke_api_key(uuid)
to authenticated;
