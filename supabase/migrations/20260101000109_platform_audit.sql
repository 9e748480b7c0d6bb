-- Who did what to which row of the tables where a change opens or closes a door: tenants, memberships, endpoints,
-- credentials, keys. Not to leads and replies: those are many, and the inbox and the CRM's history tell their story.

create table integrations.audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  table_name text,
  row_key jsonb,
  tenant uuid,
  old jsonb,
  new jsonb
);
create index audit_log_at_idx on integrations.audit_log (at);
create index audit_log_table_name_row_key_idx on integrations.audit_log (table_name, row_key);
create index audit_log_tenant_at_idx on integrations.audit_log (tenant, at);
create index audit_log_actor_at_idx on integrations.audit_log (actor, at);
comment on table integrations.audit_log is
  'One row a change of a sensitive table, and one for each act that has a name (erase_person, ...). Nobody but its '
  'owner''s functions can write, change or delete a row. Kept for two years.';
comment on column integrations.audit_log.actor is
  'user:<id>, key:<id>, webhook:<endpoint>, cron:<job>, service:<name>, or role:<login> when nobody said more.';
comment on column integrations.audit_log.action is 'insert, update, delete, or the name of the act.';
comment on column integrations.audit_log.row_key is 'The primary key of the row; of an act, what it was about.';
comment on column integrations.audit_log.tenant is 'integrations.tenants.id; the client may be renamed or gone since.';
comment on column integrations.audit_log.old is
  'The columns that changed, as they were. A secret is shown as "[secret]": that it changed, not to what.';

select private.apply_policies('integrations.audit_log', private.agency_condition('staff'), null);
revoke all on integrations.audit_log from service_role;
grant select on integrations.audit_log to service_role;

create function private.tg_audit_log__keep()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if current_user <> (
    select pg_catalog.pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = tg_relid
  ) then
    perform private.raise_error('MR004', 'The audit log is only appended to.');
  end if;
  return coalesce(new, old);
end;
$$;
comment on function private.tg_audit_log__keep() is
  'For roles that no grant holds back, such as a superuser.';
create trigger _100_keep before update or delete on integrations.audit_log
for each row execute function private.tg_audit_log__keep();
create trigger _100_keep_all before truncate on integrations.audit_log
for each statement execute function private.tg_audit_log__keep();

create function private.actor()
returns text
language sql stable
set search_path = ''
as $$
  select coalesce(
    nullif(current_setting('millrace.actor', true), ''),
    'user:' || auth.uid(),
    'role:' || coalesce(nullif(nullif(current_setting('role'), 'none'), ''), session_user::text)
  )
$$;
comment on function private.actor() is
  'Who acts in this transaction: the setting millrace.actor, else the signed-in user, else the database role.';

create function private.record_act(p_action text, p_about jsonb, p_details jsonb default null)
returns void
language sql
set search_path = ''
as $$
  insert into integrations.audit_log (actor, action, row_key, new)
  values (private.actor(), p_action, p_about, p_details)
$$;
comment on function private.record_act(text, jsonb, jsonb) is
  'Notes an act in the audit log. No secrets, and no addresses of people who may want to be forgotten.';

-- Tables ---------------------------------------------------------------------------------------------------------

create function private.tenant_of_row(p_row jsonb)
returns uuid
language sql stable
set search_path = ''
as $$
  select coalesce(
    (
      select t.id
      from integrations.tenants t
      where t.business = coalesce(p_row ->> 'client', p_row ->> 'business', p_row ->> 'Business')
    ),
    (select t.id from integrations.tenants t where t.tenant_id = p_row ->> 'tenant_id'),
    (select t.id from integrations.tenants t where t.team_id = (p_row ->> 'team_id')::uuid)
  )
$$;
comment on function private.tenant_of_row(jsonb) is 'The tenant that a row of any table names, if it names one.';

create function private.tg_any__audit()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_key text[] := tg_argv[0];
  v_secret text[] := tg_argv[1];
  v_silent text[] := tg_argv[2];
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
  v_changed text[] := array(
    select k.name
    from jsonb_object_keys(v_old || v_new) as k (name)
    where coalesce(v_old -> k.name, 'null') <> coalesce(v_new -> k.name, 'null')
      and k.name <> all(v_silent)
  );
begin
  if tg_op = 'UPDATE' and cardinality(v_changed) = 0 then
    return null;
  end if;
  insert into integrations.audit_log (actor, action, table_name, row_key, tenant, old, new)
  select
    private.actor(), lower(tg_op), format('%s.%s', tg_table_schema, tg_table_name),
    (select jsonb_object_agg(c.name, coalesce(nullif(v_new, '{}'), v_old) -> c.name) from unnest(v_key) as c (name)),
    private.tenant_of_row(coalesce(nullif(v_new, '{}'), v_old)), was.content, is_now.content
  from (select private.redacted(v_old, v_changed, v_secret) as content) as was,
    (select private.redacted(v_new, v_changed, v_secret) as content) as is_now;
  return null;
end;
$$;
comment on function private.tg_any__audit() is
  'Arguments: key columns, columns whose content is not shown, columns whose change is no news. Definer: nobody writes '
  'the log by hand.';

create function private.redacted(p_row jsonb, p_columns text[], p_secret text[])
returns jsonb
language sql immutable
set search_path = ''
as $$
  select nullif(
    jsonb_object_agg(
      r.key, case when r.key = any(p_secret) and r.value <> 'null' then '"[secret]"' else r.value end
    ),
    '{}'
  )
  from jsonb_each(p_row) as r
  where r.key = any(p_columns)
$$;
comment on function private.redacted(jsonb, text[], text[]) is
  'The named columns of a row, with "[secret]" instead of a secret.';

create function private.audit(p_table regclass, p_secret text[] default '{}', p_silent text[] default '{}')
returns void
language plpgsql
set search_path = ''
as $$
begin
  execute format(
    'create trigger _900_audit after insert or update or delete on %s for each row '
    'execute function private.tg_any__audit(%L, %L, %L)',
    p_table,
    (
      select array_agg(a.attname order by a.attnum)
      from pg_catalog.pg_index i
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
      where i.indrelid = p_table and i.indisprimary
    ),
    p_secret || array(select s.column_name::text from private.secret_columns s where s.table_name = p_table),
    p_silent || array['updated_at', 'version']
  );
end;
$$;
comment on function private.audit(regclass, text[], text[]) is
  'Has every change of a table noted in integrations.audit_log. Sealed columns are never shown, nor are those of '
  'p_secret; a change of p_silent columns alone is not noted.';

select private.audit('integrations.tenants');
select private.audit('integrations.memberships');
select private.audit('integrations.webhook_handlers');
select private.audit('integrations.webhook_endpoints', '{token_hash,previous_token_hash}');
select private.audit('shared.users', '{password_hash}');
select private.audit('shared.billing_accounts');
select private.audit('shared.projects');
select private.audit(
  'shared.credentials',
  '{encrypted_value_nonce,oauth_access_token_nonce,oauth_refresh_token_nonce}', '{last_used_at}'
);
select private.audit('shared.user_api_keys', '{key_hash}', '{last_used}');
select private.audit('outbound.teams');
select private.audit('outbound.team_members');
select private.audit('outbound.webhooks', '{}', '{last_triggered_at,failure_count,failing_since}');
select private.audit(
  'shared.webhook_subscriptions', '{}',
  '{last_triggered_at,last_success_at,last_failure_at,success_count,failure_count,failing_since}'
);

-- Retention ------------------------------------------------------------------------------------------------------

create function integrations.sweep_audit_log(
  p_keep interval default interval '2 years', p_limit integer default 5000
)
returns table (deleted integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_keep < interval '90 days' then
    perform private.raise_error('MR002', 'The audit log is kept for 90 days at least.', p_keep::text);
  end if;
  delete from integrations.audit_log l
  where l.id = any(array(
    select o.id from integrations.audit_log o where o.at < private.clock() - p_keep order by o.at limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function integrations.sweep_audit_log(interval, integer) is
  'Deletes entries older than two years, at most p_limit; called by cron. Definer: nobody else may delete any.';
