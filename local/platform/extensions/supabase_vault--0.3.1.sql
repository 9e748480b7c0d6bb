-- Same table, view and functions as Supabase Vault. The key is derived from the cluster's identifier: secrets are
-- unreadable in a dump or on another server, but this is for development, not for keeping real secrets.

-- Security definer below: postgres reads and deletes secrets, but writes them through functions alone, and never sees
-- the passphrase.

create function vault._crypto_aead_det_noncegen() returns bytea
language sql volatile
set search_path = ''
as $$ select extensions.gen_random_bytes(16) $$;

create function vault._passphrase(additional bytea, key_id bigint, context bytea, nonce bytea) returns text
language sql stable
set search_path = ''
as $$
  select encode(extensions.hmac(
    coalesce(additional, '') || context || coalesce(nonce, '') || int8send(key_id),
    convert_to((select system_identifier::text from pg_catalog.pg_control_system()), 'UTF8'),
    'sha256'
  ), 'hex')
$$;

create function vault._crypto_aead_det_encrypt(
  message bytea,
  additional bytea,
  key_id bigint,
  context bytea default 'pgsodium',
  nonce bytea default null
) returns bytea
language sql
set search_path = ''
as $$
  select extensions.pgp_sym_encrypt_bytea(
    message, vault._passphrase(additional, key_id, context, nonce), 'cipher-algo=aes256, s2k-mode=1'
  )
$$;

create function vault._crypto_aead_det_decrypt(
  message bytea,
  additional bytea,
  key_id bigint,
  context bytea default 'pgsodium',
  nonce bytea default null
) returns bytea
language sql stable
security definer
set search_path = ''
as $$
  select extensions.pgp_sym_decrypt_bytea(message, vault._passphrase(additional, key_id, context, nonce))
$$;

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default vault._crypto_aead_det_noncegen(),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index secrets_name_idx on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
select
  s.id,
  s.name,
  s.description,
  s.secret,
  convert_from(
    vault._crypto_aead_det_decrypt(
      message := decode(s.secret, 'base64'),
      additional := convert_to(s.id::text, 'utf8'),
      key_id := 0,
      context := 'pgsodium'::bytea,
      nonce := s.nonce
    ),
    'utf8'
  ) as decrypted_secret,
  s.key_id,
  s.nonce,
  s.created_at,
  s.updated_at
from vault.secrets s;

create function vault.create_secret(
  new_secret text,
  new_name text default null,
  new_description text default '',
  new_key_id uuid default null
) returns uuid
language sql
security definer
set search_path = ''
as $$
  with fresh as (
    select gen_random_uuid() as id, vault._crypto_aead_det_noncegen() as nonce
  )
  insert into vault.secrets (id, nonce, name, description, secret)
  select
    id,
    nonce,
    new_name,
    new_description,
    encode(vault._crypto_aead_det_encrypt(
      convert_to(new_secret, 'utf8'), convert_to(id::text, 'utf8'), 0, 'pgsodium', nonce
    ), 'base64')
  from fresh
  returning id
$$;

create function vault.update_secret(
  secret_id uuid,
  new_secret text default null,
  new_name text default null,
  new_description text default null,
  new_key_id uuid default null
) returns void
language sql
security definer
set search_path = ''
as $$
  update vault.secrets s
  set
    secret = coalesce(encode(vault._crypto_aead_det_encrypt(
      convert_to(new_secret, 'utf8'), convert_to(s.id::text, 'utf8'), 0, 'pgsodium', s.nonce
    ), 'base64'), s.secret),
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    updated_at = now()
  where s.id = secret_id
$$;

select pg_catalog.pg_extension_config_dump('vault.secrets', '');

revoke all on all functions in schema vault from public;
grant usage on schema vault to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant execute on function vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt
  to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt to service_role;
