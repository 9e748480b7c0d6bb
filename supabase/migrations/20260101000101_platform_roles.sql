-- Roles, schemas, extensions and the default that nothing is executable unless a later file says so.
-- Default privileges belong to the role that runs the migrations (`postgres` on Supabase and embedded).

alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon, authenticated;

create schema integrations;
comment on schema integrations is
  'Platform: tenants, memberships, the webhook inbox and everything that belongs to a provider connection.';

create schema outbound;
comment on schema outbound is
  'The sending engine: teams, the job queue, webhooks to the agency''s customers.';

create schema shared;
comment on schema shared is
  'What the contexts share: accounts and projects, domain events, credentials, API keys.';

create schema private;
comment on schema private is
  'Helpers and internal tables. Never exposed through the API; only what a policy or trigger needs is granted.';

-- Service logins. Passwords are set by the operator: `alter role webhook_receiver password '...'`.
-- Roles are shared by every database of a server, hence the guard.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['webhook_receiver', 'job_worker', 'api_gateway'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute format('create role %I login noinherit', v_role);
    end if;
  end loop;
end;
$$;

alter role webhook_receiver set statement_timeout = '5s';
alter role webhook_receiver set lock_timeout = '4s';
alter role webhook_receiver set idle_in_transaction_session_timeout = '10s';
-- What it runs is lookups by key, over batches of at most fifty. Planned anew for each batch they would cost 2 ms more;
-- planned once on tables that are still empty they would read whole tables when these are full.
alter role webhook_receiver set plan_cache_mode = 'force_generic_plan';
alter role webhook_receiver set enable_seqscan = off;
alter role webhook_receiver set enable_hashjoin = off;
alter role webhook_receiver set enable_mergejoin = off;
-- To remember what a lookup found costs more than to look again.
alter role webhook_receiver set enable_memoize = off;
alter role webhook_receiver set jit = off;
alter role job_worker set statement_timeout = '60s';
alter role job_worker set idle_in_transaction_session_timeout = '60s';
alter role api_gateway set statement_timeout = '8s';
alter role api_gateway set idle_in_transaction_session_timeout = '10s';

grant anon, authenticated to api_gateway;

grant usage on schema integrations to authenticated, service_role, webhook_receiver, job_worker, api_gateway;
grant usage on schema outbound, shared to authenticated, service_role, job_worker, api_gateway;
grant usage on schema private to authenticated, service_role;

alter default privileges in schema integrations, outbound, shared grant all on tables to service_role;
alter default privileges in schema integrations, outbound, shared grant all on sequences to service_role;
alter default privileges in schema integrations, outbound, shared grant execute on functions to service_role;

-- Of its own, because its functions are everybody's who may use the schema: nobody but services may.
create schema if not exists http;
comment on schema http is
  'The extension http, where the project had none before: requests that SQL waits for. Closed to users.';

-- What local/platform has stood in for is there already.
do $$
declare
  v_extension record;
begin
  for v_extension in
    select wanted.name, wanted.target
    from (
      values
        ('moddatetime', 'extensions', null), ('pg_cron', 'pg_catalog', 'cron.job'),
        ('pg_net', 'extensions', 'net.http_request_queue'), ('supabase_vault', 'vault', 'vault.secrets'),
        ('http', 'http', 'http.http_request')
    ) as wanted (name, target, part)
    join pg_catalog.pg_available_extensions available on available.name = wanted.name
    where available.installed_version is null
      and to_regclass(wanted.part) is null
  loop
    execute format('create extension if not exists %I with schema %I', v_extension.name, v_extension.target);
  end loop;
end;
$$;

create function integrations.schema_version()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_version text;
begin
  select max(m.version) into v_version from supabase_migrations.schema_migrations m;
  return v_version;
end;
$$;
comment on function integrations.schema_version() is
  'Version of the newest migration. PL/pgSQL on purpose: a server whose language library is broken fails here. '
  'Definer: the migration history is the migrating role''s.';
grant execute on function integrations.schema_version() to api_gateway;
