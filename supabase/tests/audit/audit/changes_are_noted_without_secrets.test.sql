begin;
select plan(13);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as select tests.create_user('admin') as admin;
grant select on who to authenticated;
create function pg_temp.last(p_table text) returns integrations.audit_log language sql as
$$select * from integrations.audit_log where table_name = p_table order by id desc limit 1$$;

select is((pg_temp.last('public.Clients')).action, 'insert', 'a new client is noted');
select is((pg_temp.last('public.Clients')).row_key, '{"Business": "Acme"}', 'by its key');
select is(
  (pg_temp.last('public.Clients')).new,
  '{"Website": null, "Business": "Acme", "App URL- Bison": null, "Api Key - Bison": null, "Client ID - Bison": null}'::jsonb
    - array['Website', 'App URL- Bison', 'Api Key - Bison', 'Client ID - Bison'],
  'with what was set'
);

select tests.authenticate_as((select admin from who));
update public."Clients" set "Api Key - Bison" = tests.sealed('first'), "Website" = 'acme.test';
update public."Clients" set "Api Key - Bison" = tests.sealed('second');
select tests.clear();
select is(
  (pg_temp.last('public.Clients')).actor, 'user:' || (select admin from who), 'a change names the signed-in user'
);
select is((pg_temp.last('public.Clients')).old, '{"Api Key - Bison": "[secret]"}', 'only what changed is kept');
select is((pg_temp.last('public.Clients')).new, '{"Api Key - Bison": "[secret]"}', 'and no secret, sealed or not');
select is(
  (pg_temp.last('public.Clients')).tenant, (select id from integrations.tenants where business = 'Acme'),
  'the client is known'
);
select is_empty($$select from integrations.audit_log l where l::text like '%v1.test%'$$, 'nowhere');

create temp table noted as select count(*) as n from integrations.audit_log;
update public."Clients" set "Website" = "Website";
select is((select count(*) from integrations.audit_log), (select n from noted), 'an update that changes nothing is none');
select integrations.create_api_key((select admin from who), 'Script', '{admin}', repeat('a', 64), 'abcd1234');
update shared.user_api_keys set last_used = now();
select is(
  (pg_temp.last('shared.user_api_keys')).action, 'insert', 'nor is a change of columns that are no news'
);
select is((pg_temp.last('shared.user_api_keys')).new ->> 'key_hash', '[secret]', 'a key''s hash is not shown');

delete from integrations.memberships;
select is((pg_temp.last('integrations.memberships')).action, 'delete', 'a deleted row is noted');
select is((pg_temp.last('integrations.memberships')).old ->> 'role', 'admin', 'as it was');

select * from finish();
rollback;
