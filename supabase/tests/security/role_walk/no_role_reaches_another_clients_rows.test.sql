-- Walks every table, view and function of ours as every kind of caller, with real rows of two clients.
--
-- Objects are found in the catalogue: a new table is walked without a word here. Three lists must be kept: the tables
-- that a client's own user may write, those whose rows belong to no client, and the functions that a service may call.
-- Checks, foreign keys and triggers are taken off for the walk (and come back with the rollback): a row of any shape
-- can then be made, and an answer other than "denied" or "no row" can only mean that row-level security let it pass.
begin;
select plan(16);

-- What is walked -------------------------------------------------------------------------------------------------

create temp view ours as
select c.oid, c.oid::regclass as name, c.relkind
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relowner = (select relowner from pg_class where oid = 'integrations.tenants'::regclass)
  and c.relkind in ('r', 'p', 'v')
  and not c.relispartition
  and n.nspname !~ '^pg_'
  and n.nspname not in ('supabase_migrations', 'tests')
  and not exists (
    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );

create temp view our_function as
select p.oid, p.oid::regprocedure::text as name, p.prorettype, p.provolatile, p.proargtypes, p.prokind, n.nspname
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where p.proowner = (select relowner from pg_class where oid = 'integrations.tenants'::regclass)
  and n.nspname !~ '^pg_'
  and n.nspname <> 'tests'
  and not exists (
    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
  );

-- Callers --------------------------------------------------------------------------------------------------------

create temp table caller (
  name text primary key, db_role text not null, user_id uuid, membership text, tenant text
);
insert into caller (name, db_role, membership, tenant)
values
  ('anon', 'anon', null, null),
  ('webhook_receiver', 'webhook_receiver', null, null),
  ('job_worker', 'job_worker', null, null),
  ('api_gateway', 'api_gateway', null, null),
  ('stranger', 'authenticated', null, null),
  ('admin', 'authenticated', 'admin', null),
  ('manager', 'authenticated', 'manager', null),
  ('viewer', 'authenticated', 'viewer', null),
  ('member of A', 'authenticated', 'member', 'Walk A'),
  ('viewer of A', 'authenticated', 'viewer', 'Walk A'),
  ('member of B', 'authenticated', 'member', 'Walk B');
update caller set user_id = gen_random_uuid() where db_role = 'authenticated';

insert into public."Clients" ("Business") values ('Walk A'), ('Walk B');
insert into auth.users (id, email)
select user_id, replace(name, ' ', '.') || '@walk.test' from caller where user_id is not null;
insert into integrations.memberships (user_id, client, role)
select user_id, tenant, membership from caller where membership is not null;

do $$
begin
  execute format('grant webhook_receiver, job_worker, api_gateway to %I', current_user);
end;
$$;

-- Rows of both clients -------------------------------------------------------------------------------------------

create temp table reference as
select
  o.oid::regclass as tbl, k.confrelid::regclass as target,
  source.attname as column_name, aim.attname as target_column
from ours o
join pg_constraint k on k.conrelid = o.oid and k.contype = 'f' and k.confrelid <> k.conrelid
cross join unnest(k.conkey, k.confkey) as pair (source_number, target_number)
join pg_attribute source on source.attrelid = k.conrelid and source.attnum = pair.source_number
join pg_attribute aim on aim.attrelid = k.confrelid and aim.attnum = pair.target_number;

do $$
declare
  v_table record;
  v_rule record;
begin
  for v_table in select * from ours where relkind in ('r', 'p') loop
    execute format('alter table %s disable trigger user', v_table.name);
    for v_rule in
      select conname from pg_constraint where conrelid = v_table.oid and contype in ('c', 'f') and coninhcount = 0
    loop
      execute format('alter table %s drop constraint %I', v_table.name, v_rule.conname);
    end loop;
  end loop;
end;
$$;

-- The columns that say whose a row is, and what each client has there.
create temp table tenant_key as
select key.column_name, t.business as tenant, key.value
from integrations.tenants t
cross join lateral (
  values ('client', t.business), ('client_name', t.business), ('business', t.business), ('Business', t.business),
         ('client_id', t.client_id::text), ('tenant_id', t.tenant_id), ('team_id', t.team_id::text)
) as key (column_name, value)
where t.business in ('Walk A', 'Walk B');

create temp table made (tbl regclass, tenant text, content jsonb, primary key (tbl, tenant));
insert into made
select 'auth.users', c.tenant, to_jsonb(u)
from caller c
join auth.users u on u.id = c.user_id
where c.membership = 'member';

create temp sequence sample_number start 1000;
create function pg_temp.sample(p_type oid, p_length integer, p_tenant text) returns jsonb language sql as $$
  select case t.typcategory
    when 'S' then to_jsonb(left('leak of ' || p_tenant || ' ' || gen_random_uuid(), p_length))
    when 'N' then to_jsonb(nextval('sample_number'))
    when 'B' then 'false'
    when 'D' then to_jsonb(now())
    when 'T' then '"1 day"'
    when 'A' then '[]'
    when 'R' then '"empty"'
    when 'I' then '"127.0.0.1"'
    when 'E' then (select to_jsonb(enumlabel) from pg_enum where enumtypid = p_type order by enumsortorder limit 1)
    when 'U' then case p_type
      when 'uuid'::regtype then to_jsonb(gen_random_uuid())
      when 'bytea'::regtype then to_jsonb('\x' || replace(gen_random_uuid()::text, '-', ''))
      when 'json'::regtype then '{}'
      when 'jsonb'::regtype then '{}'
      else to_jsonb(nextval('sample_number')) -- xid8 and the like
    end
  end
  from pg_type t
  where t.oid = p_type
$$;

create function pg_temp.make_row(p_tbl regclass, p_tenant text) returns jsonb language plpgsql as $$
declare
  v_row jsonb;
  v_wanted jsonb;
  v_columns text;
  v_select text;
begin
  select content into v_row from made where tbl = p_tbl and tenant = p_tenant;
  if found or p_tbl not in (select name from ours) then
    return v_row;
  end if;
  insert into made values (p_tbl, p_tenant, '{}'); -- ends a circle of references

  select jsonb_object_agg(
    a.attname,
    coalesce(
      (select to_jsonb(k.value) from tenant_key k where k.column_name = a.attname and k.tenant = p_tenant),
      (
        select pg_temp.make_row(r.target, p_tenant) -> r.target_column
        from reference r
        where r.tbl = p_tbl and r.column_name = a.attname
        limit 1
      ),
      pg_temp.sample(a.atttypid, case when a.atttypmod > 4 then a.atttypmod - 4 else 99 end, p_tenant)
    )
  ),
  string_agg(quote_ident(a.attname), ', ')
  into v_wanted, v_columns
  from pg_attribute a
  where a.attrelid = p_tbl
    and a.attnum > 0
    and not a.attisdropped
    and a.attgenerated = ''
    and a.attidentity = ''
    and (
      not a.atthasdef and (a.attnotnull or a.atttypid in ('text'::regtype, 'varchar'::regtype))
      or a.attname in (select k.column_name from tenant_key k)
      or a.attname in (select r.column_name from reference r where r.tbl = p_tbl)
    );

  execute format(
    case
      when v_columns is null then 'insert into %1$s as t default values on conflict do nothing returning to_jsonb(t)'
      else
        'insert into %1$s as t (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1)
         on conflict do nothing returning to_jsonb(t)'
    end,
    p_tbl, v_columns
  ) into v_row using v_wanted;

  if v_row is null and v_columns is null then
    -- Its key is the time, and the clock has not moved since the other client's row.
    execute format('select to_jsonb(t) from %s t limit 1', p_tbl) into strict v_row;
  elsif v_row is null then
    -- The platform made the row itself when the client or its user was added.
    select format('select to_jsonb(t) from %s t where %I = %L limit 1', p_tbl, a.attname, v_wanted ->> a.attname)
    into strict v_select
    from pg_attribute a
    left join tenant_key k on k.column_name = a.attname and k.tenant = p_tenant
    left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = p_tbl
      and v_wanted ? a.attname
      and (k.value is not null or a.attnum = any(i.indkey))
    order by k.value is null
    limit 1;
    execute v_select into strict v_row;
  end if;
  update made set content = v_row where tbl = p_tbl and tenant = p_tenant;
  return v_row;
end;
$$;

do $$
begin
  perform pg_temp.make_row(o.name, t.tenant)
  from ours o, (values ('Walk A'), ('Walk B')) as t (tenant)
  where o.relkind in ('r', 'p');
end;
$$;

-- The walk -------------------------------------------------------------------------------------------------------

create function pg_temp.become(p_caller caller) returns void language plpgsql as $$
begin
  perform set_config(
    'request.jwt.claims', jsonb_build_object('sub', p_caller.user_id, 'role', p_caller.db_role)::text, true
  );
  perform set_config('role', p_caller.db_role, true);
end;
$$;

-- allowed, none (no row was reached), denied, or the error that should not be. Leaves nothing behind.
-- p_target: where the row is that the statement must not touch, when it says itself of no row which one it means.
create function pg_temp.attempt(p_caller caller, p_sql text, p_tbl regclass, p_target tid) returns text
language plpgsql as $$
declare
  v_rows bigint;
begin
  if p_sql is null then
    return 'denied'; -- there is not one column that the caller may write
  end if;
  perform pg_temp.become(p_caller);
  execute p_sql;
  get diagnostics v_rows = row_count;
  set local role none;
  if p_target is not null then
    execute format('select 1 - count(*) from (select from %s where ctid = $1) as untouched', p_tbl)
    into v_rows using p_target;
  end if;
  raise exception using errcode = 'ZZ000', message = case when v_rows > 0 then 'allowed' else 'none' end;
exception
  when sqlstate 'ZZ000' then return sqlerrm;
  when insufficient_privilege then return 'denied';
  when unique_violation then return 'allowed'; -- comes after row-level security
  when others then return sqlerrm;
end;
$$;

-- The columns of a table on which a role has a right.
create function pg_temp.columns_for(p_role text, p_tbl regclass, p_right text) returns setof name language sql as $$
  select a.attname
  from pg_attribute a
  where a.attrelid = p_tbl
    and a.attnum > 0
    and not a.attisdropped
    and a.attgenerated = ''
    and (a.attidentity <> 'a' or p_right <> 'update')
    and has_column_privilege(p_role, p_tbl, a.attnum, p_right)
  order by a.attnum = any(array(
    select unnest(i.indkey) from pg_index i where i.indrelid = p_tbl and i.indisunique
  )), a.attnum
$$;

-- The primary key, or without one the column that names the client.
create function pg_temp.identity_of(p_tbl regclass) returns setof name language sql as $$
  select a.attname
  from pg_attribute a
  left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
  where a.attrelid = p_tbl
    and coalesce(a.attnum = any(i.indkey), a.attname in (select column_name from tenant_key))
$$;

-- Updates and deletes come without a condition, which would ask the read policies as well.
create function pg_temp.statement_for(p_act text, p_role text, p_tbl regclass, p_row jsonb, p_tenant text)
returns text language sql as $$
  select case p_act
    when 'read' then (
      select format('select from %s where %s', p_tbl, string_agg(format('%I = %L', c, p_row ->> c), ' and '))
      from pg_temp.identity_of(p_tbl) as c
    )
    when 'insert' then (
      select format(
        'insert into %1$s (%2$s) overriding system value select %2$s from jsonb_populate_record(null::%1$s, %3$L)',
        p_tbl, string_agg(quote_ident(c), ', '), p_row
      )
      from pg_temp.columns_for(p_role, p_tbl, 'insert') as c
      having count(*) > 0
    )
    when 'update' then (
      select format('update %s set %I = %L', p_tbl, c, p_row ->> c)
      from pg_temp.columns_for(p_role, p_tbl, 'update') as c
      where c not in (select column_name from tenant_key)
      limit 1
    )
    when 'move' then (
      select format('update %s set %I = %L', p_tbl, k.column_name, k.value)
      from pg_temp.columns_for(p_role, p_tbl, 'update') as c
      join tenant_key k on k.column_name = c and k.tenant <> p_tenant
      limit 1
    )
    when 'delete' then format('delete from %s', p_tbl)
  end
$$;

create function pg_temp.place_of(p_tbl regclass, p_row jsonb) returns tid language plpgsql as $$
declare
  v_place tid;
begin
  execute format('select ctid from %s as t where to_jsonb(t) = $1', p_tbl) into strict v_place using p_row;
  return v_place;
end;
$$;

create temp table walk as
select
  c.name as caller, c.db_role, c.tenant as belongs_to, m.tbl, m.tenant, act,
  pg_temp.attempt(
    c, pg_temp.statement_for(act, c.db_role, m.tbl, m.content, m.tenant), m.tbl,
    case when act in ('update', 'move', 'delete') then m.place end
  ) as outcome
from (
  select made.*, pg_temp.place_of(tbl, content) as place
  from made
  join ours on ours.name = made.tbl
) as m
cross join caller c
cross join unnest(array['read', 'insert', 'update', 'move', 'delete']) as act;

create temp view crossed as
select caller, tbl, tenant, act, outcome
from walk
where outcome not in ('denied', 'none')
  -- Constants of ours, no client's data.
  and not (act = 'read' and tbl::text in ('private.event_kinds', 'private.funnel_steps', 'integrations.event_catalogue'));

-- Whose row it is can be seen from the row or from what it refers to.
create temp view told_apart as
with recursive linked (tbl) as (
  select o.name
  from ours o
  join pg_attribute a on a.attrelid = o.oid and a.attname in (select column_name from tenant_key)
  union
  select r.tbl from linked l join reference r on r.target = l.tbl
)
select distinct tbl from linked;

-- Tables ---------------------------------------------------------------------------------------------------------

select is_empty(
  $$select name from ours where relkind in ('r', 'p') and name not in (select tbl from made where content <> '{}')$$,
  'every table has rows to walk over'
);

select is_empty(
  $$
    select caller, tbl, act, outcome from walk
    where caller in ('anon', 'webhook_receiver', 'job_worker', 'api_gateway') and outcome <> 'denied'
  $$,
  'anon and the service logins have no right on any table'
);

select is_empty($$select * from crossed where caller = 'stranger'$$, 'a user without membership reaches no row');

select is_empty(
  $$
    select c.* from crossed c join caller who on who.name = c.caller
    where who.tenant is not null and (c.tenant <> who.tenant or c.act = 'move')
  $$,
  'a client''s user reaches no row of another client, and gives none away'
);

select is_empty(
  $$select * from crossed where caller in ('viewer', 'viewer of A') and act <> 'read'$$,
  'viewers write nothing'
);

select is_empty(
  $$
    select tbl, tenant, outcome from walk
    where caller = 'admin' and act = 'read' and outcome <> 'allowed'
      and has_any_column_privilege('authenticated', tbl, 'select')
  $$,
  'an admin reads the rows of every client'
);

select is_empty(
  $$
    select a.tbl, a.tenant, a.act, a.outcome as admin, m.outcome as manager
    from walk a
    join walk m using (tbl, tenant, act)
    where a.caller = 'admin' and m.caller = 'manager' and a.outcome <> m.outcome
      and a.tbl <> 'integrations.memberships'::regclass
  $$,
  'a manager has the rights of an admin, memberships aside'
);

select is_empty(
  $$
    select w.tbl, w.outcome from walk w join told_apart using (tbl)
    where w.caller = 'member of A' and w.tenant = 'Walk A' and w.act = 'read' and w.outcome <> 'allowed'
      and has_any_column_privilege('authenticated', w.tbl, 'select')
  $$,
  'a client''s user reads the client''s own rows'
);

select set_eq(
  $$select tbl::text from crossed where caller = 'member of A' and act <> 'read'$$,
  array[
    'engaged_leads', 'crm_contacts', 'crm_deals', 'crm_notes', 'crm_tasks', 'crm_tags', 'client_opportunities',
    'outbound.users'
  ],
  'a member of a client writes its pipeline, its CRM and the own profile, nothing else'
);

select is_empty(
  $$
    select o.name, c.name as caller, other.tenant
    from ours o
    cross join caller c
    cross join (values ('Walk A'), ('Walk B')) as other (tenant)
    where o.relkind = 'v'
      and (c.tenant is not null or c.membership is null)
      and other.tenant is distinct from c.tenant
      and pg_temp.attempt(
        c, format('select from %s as v where v::text like %L', o.name, '%' || other.tenant || '%'), o.name, null
      ) not in ('denied', 'none')
  $$,
  'no view shows a client to another'
);

-- Functions ------------------------------------------------------------------------------------------------------

select is_empty(
  $$select name from our_function where has_function_privilege('anon', oid, 'execute')$$,
  'anon executes no function'
);

select set_eq(
  $$select name from our_function where has_function_privilege('webhook_receiver', oid, 'execute')$$,
  array[
    'integrations.webhook_endpoint(text,bytea)',
    'integrations.receive_webhook(bigint,text,text,text,timestamp with time zone,text,bytea)',
    'integrations.receive_webhooks(jsonb)',
    'integrations.hint_enrichment(bytea)',
    'integrations.slack_app()',
    'integrations.receive_slack(text,text,text,text,text,jsonb)'
  ],
  'webhook_receiver executes its functions'
);

select set_eq(
  $$select name from our_function where has_function_privilege('api_gateway', oid, 'execute')$$,
  array[
    'integrations.schema_version()',
    'integrations.authenticate_api_key(text)',
    'integrations.start_calendly_connection(bytea,bytea)',
    'integrations.claim_calendly_connection(bytea)',
    'integrations.store_calendly_connection(uuid,text,text,timestamp with time zone,text,text,text)',
    'integrations.take_api_token(text,integer)',
    'integrations.claim_api_request(text,text,bytea)',
    'integrations.keep_api_answer(text,text,integer,jsonb,text)'
  ],
  'api_gateway executes its functions under its own name'
);

select set_eq(
  $$select name from our_function where has_function_privilege('job_worker', oid, 'execute')$$,
  array[
    'outbound.enqueue_job(text,text,jsonb,timestamp with time zone,integer,integer,text)',
    'outbound.enqueue_jobs(jsonb)',
    'outbound.claim_jobs(text,text,integer,interval)',
    'outbound.extend_lease(uuid[],integer[],interval)',
    'outbound.complete_jobs(uuid[],integer[])',
    'outbound.fail_job(uuid,integer,text,interval,boolean)',
    'outbound.hand_back_jobs(uuid[],integer[])',
    'outbound.requeue_expired(integer)',
    'outbound.limited_wait()',
    'integrations.start_sync(text,text,text)',
    'integrations.sync_request(uuid,uuid,jsonb)',
    'integrations.claim_push(text,text,text,integer)',
    'integrations.know_variables(text,text[])',
    'integrations.store_created_leads(uuid,text,jsonb,jsonb)',
    'integrations.store_attached_leads(text,text,bigint[],jsonb)',
    'integrations.block_push(text,text,text,text)',
    'integrations.store_sync_page(uuid,uuid,jsonb,jsonb,timestamp with time zone)',
    'integrations.block_sync(text,text)',
    'integrations.bison_access(text)',
    'integrations.store_campaign_figures(text,integer,date,jsonb,timestamp with time zone)',
    'integrations.store_inbox(text,integer,jsonb,timestamp with time zone)',
    'outbound.get_delivery(uuid,uuid)',
    'outbound.record_delivery(uuid,uuid,integer,integer,integer,text,integer,text,integer)',
    'integrations.notify(text,text,text,text,jsonb)',
    'integrations.request_approval(text,uuid,text,text,jsonb)',
    'integrations.withdraw_approval(text,uuid,text)',
    'integrations.report_progress(text,uuid,text)',
    'integrations.start_slack_message(uuid)',
    'integrations.finish_slack_message(uuid,text,integer)',
    'integrations.get_slack_update(uuid)',
    'integrations.finish_slack_update(uuid,integer)',
    'integrations.slack_bot_token()',
    'integrations.start_rebatch_step(uuid)',
    'integrations.finish_rebatch_step(uuid)',
    'integrations.fail_rebatch_step(uuid,text)',
    'integrations.get_registrar_account()',
    'integrations.start_porkbun_webhook(bytea)',
    'integrations.finish_porkbun_webhook(text,text)',
    'integrations.store_domain_page(integer,timestamp with time zone,timestamp with time zone,jsonb,boolean)',
    'integrations.start_domain_check(text)',
    'integrations.record_domain_check(text,boolean,numeric,numeric,boolean)',
    'integrations.start_purchase(uuid)',
    'integrations.finish_purchase(uuid,text,integer,text,text,date)',
    'integrations.set_domain_records(text,jsonb)',
    'integrations.start_domain_setup(text)',
    'integrations.plan_dns_changes(text,jsonb)',
    'integrations.note_dns_change(uuid,text)',
    'integrations.finish_domain_setup(text)',
    'integrations.get_dns_questions(text)',
    'integrations.record_dns_look(text,jsonb)',
    'integrations.begin_enrichment(uuid,bytea)',
    'integrations.record_order(uuid,text)',
    'integrations.adopt_order(uuid,jsonb)',
    'integrations.poll_again(uuid)',
    'integrations.fail_enrichment(uuid,text,integer)',
    'integrations.store_companies(uuid,jsonb,integer)',
    'integrations.address_of_run(uuid)', 'integrations.store_person(uuid,jsonb,integer)',
    'integrations.store_stores(uuid,jsonb,boolean,integer)',
    'integrations.key_of_provider(text)',
    'integrations.record_credits(text,integer,integer)',
    'integrations.get_draft(uuid)',
    'integrations.store_draft(uuid,jsonb,text,text,text)',
    'integrations.fail_draft(uuid,text)',
    'integrations.extract_draft(uuid)',
    'integrations.inbox_tag_push(uuid)',
    'integrations.inbox_tags_pushed(uuid,bigint[])',
    'integrations.start_mailbox_submission(uuid,interval)',
    'integrations.finish_mailbox_submission(uuid,text,jsonb)',
    'integrations.get_mailbox_poll(uuid)',
    'integrations.record_mailbox_poll(uuid,jsonb)',
    'integrations.start_record_look(text)',
    'integrations.record_provider_records(text,jsonb)',
    'integrations.start_renewal_stop(text)',
    'integrations.finish_renewal_stop(text,text)',
    'integrations.fail_mailbox_order(uuid,text,text)',
    'integrations.cancel_inboxes(bigint[])',
    'integrations.get_mailbox_cancellation(uuid[])',
    'integrations.finish_mailbox_cancellation(uuid[])',
    'integrations.get_mailbox_account(text)',
    'integrations.store_mailbox_page(text,integer,integer,jsonb)',
    'integrations.get_mailbox_health(uuid)',
    'integrations.store_mailbox_health(uuid,numeric,integer)',
    'integrations.get_calendly_access(text)',
    'integrations.store_calendly_tokens(text,integer,text,text,timestamp with time zone)',
    'integrations.fail_calendly_refresh(text,integer,text,text)',
    'integrations.expire_calendly_access(text,integer)',
    'integrations.prepare_calendly_webhook(text,bytea,text,text,boolean)',
    'integrations.record_calendly_webhook(text,text,timestamp with time zone,boolean)',
    'integrations.store_calendly_page(text,jsonb,timestamp with time zone,timestamp with time zone,text,integer)',
    'integrations.get_fathom_account(uuid)',
    'integrations.fail_fathom_account(uuid,text)',
    'integrations.prepare_fathom_webhook(uuid,bytea)',
    'integrations.store_fathom_webhook(uuid,text,text)',
    'integrations.store_fathom_page(uuid,jsonb,timestamp with time zone,timestamp with time zone,timestamp with time zone,text)',
    'integrations.store_fathom_content(text,jsonb,jsonb,timestamp with time zone)',
    'shared.relay_outbox(integer)'
  ],
  'job_worker executes its functions'
);

-- Every function that users may call is called by a member of A with B's name, B's ids and B's numbers.
create temp table known_of_b as
select
  array_agg(distinct value) filter (where value ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$') as uuids,
  array_agg(distinct value) filter (where value ~ '^[0-9]{1,6}$') as numbers
from made, jsonb_each_text(content)
where tenant = 'Walk B';

create function pg_temp.call_as(p_caller caller, p_sql text) returns text language plpgsql as $$
declare
  v_answer text;
begin
  perform pg_temp.become(p_caller);
  execute p_sql into v_answer;
  set local role none;
  return v_answer;
exception
  when others then return sqlerrm;
end;
$$;

create function pg_temp.state_of(p_tenant text) returns table (tbl regclass, rows jsonb) language plpgsql as $$
begin
  for tbl in select name from ours where relkind in ('r', 'p') loop
    execute format(
      'select jsonb_agg(to_jsonb(t) order by t::text) from %s t where t::text like %L', tbl, '%' || p_tenant || '%'
    ) into rows;
    return next;
  end loop;
end;
$$;

create temp table before_calls as select * from pg_temp.state_of('Walk B');

create temp table answer as
select f.name, pg_temp.call_as(c, format('select string_agg(x::text, '' '') from %s as x', called.call)) as answer
from our_function f
join caller c on c.name = 'member of A'
cross join known_of_b k
cross join generate_series(1, greatest(cardinality(k.uuids), cardinality(k.numbers))) as round
cross join lateral (
  select format('%s(%s)', split_part(f.name, '(', 1), coalesce(string_agg(
    format(
      '%L::%s',
      case
        when t.oid = 'uuid'::regtype then k.uuids[1 + round % cardinality(k.uuids)]
        when t.oid in ('json'::regtype, 'jsonb'::regtype) then '{}'
        when t.typcategory = 'S' then 'Walk B'
        when t.typcategory = 'N' then k.numbers[1 + round % cardinality(k.numbers)]
        when t.typcategory = 'B' then 'true'
        when t.typcategory = 'D' then now()::text
      end,
      t.oid::regtype
    ),
    ', ' order by argument.position), '')) as call
  from unnest(f.proargtypes::oid[]) with ordinality as argument (type, position)
  join pg_type t on t.oid = argument.type
) as called
where f.nspname <> 'private'
  and f.prokind = 'f'
  and f.provolatile <> 'i'
  and f.prorettype <> 'trigger'::regtype
  and has_function_privilege('authenticated', f.oid, 'execute');

select is_empty(
  $$select distinct name from answer where answer like '%leak of Walk B%'$$,
  'no function tells a client''s user about another client'
);

select is_empty(
  $$
    select b.tbl, b.rows as was, a.rows as is
    from before_calls b
    join pg_temp.state_of('Walk B') a using (tbl)
    where a.rows is distinct from b.rows
  $$,
  'no function lets a client''s user change another client'
);

select * from finish();
rollback;
