begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Birch'), ('{"odd, \name"}');
insert into public.crm_tags (client, name, entity_type) select "Business", 'x', 'deal' from public."Clients";
create temp table person as select tests.create_user('viewer') as viewer, tests.create_user('member', 'Acme') as member;
grant select on person to authenticated;
create function pg_temp.ask_once() returns void language sql as $$
  select set_config('millrace.clients', c.clients::text, true),
    set_config('millrace.agency_role', coalesce(c.agency_role, 'none'), true)
  from private.api_caller() c
$$;
grant execute on function pg_temp.ask_once() to authenticated;

select tests.authenticate_as((select viewer from person));
select pg_temp.ask_once();
select is((select count(*) from public.crm_tags), 3::bigint, 'names of any kind survive the setting');
select is((select count(*) from public."Clients"), 3::bigint, 'the agency sees every client');

select tests.authenticate_as((select member from person));
select pg_temp.ask_once();
select set_eq('select client from public.crm_tags', array['Acme'], 'a client''s user the own');
select set_config('millrace.clients', '', true), set_config('millrace.agency_role', '', true);
select set_eq('select client from public.crm_tags', array['Acme'], 'without the setting policies ask themselves');
select set_eq('select "Business" from public."Clients"', array['Acme'], 'in both kinds of policies');


select tests.authenticate_as((select viewer from person));
select pg_temp.ask_once();
select is((select count(*) from integrations.memberships), 1::bigint, 'a viewer sees the own membership only');
select throws_ok(
  $$insert into public."Clients" ("Business") values ('Cedar')$$, '42501', null, 'and writes nothing of the agency''s'
);
select set_config('millrace.agency_role', '', true);
select throws_ok(
  $$insert into public."Clients" ("Business") values ('Cedar')$$, '42501', null, 'whoever is asked'
);

select * from finish();
rollback;
