-- The claim millrace_client narrows what a user may see and do, in every function that policies ask.
begin;
select plan(12);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
create temp table person as
select tests.create_user('admin') as admin, tests.create_user('member', 'Acme') as member;
grant select on person to authenticated;
create function pg_temp.narrow(p_client text) returns void language sql as $$
  select set_config(
    'request.jwt.claims',
    (current_setting('request.jwt.claims')::jsonb || jsonb_build_object('millrace_client', p_client))::text, true
  )
$$;
grant execute on function pg_temp.narrow(text) to authenticated;

select tests.authenticate_as((select admin from person));
select results_eq(
  'select * from private.api_caller()', $$values (array['Acme', 'Birch'], 'admin')$$, 'an admin has every client'
);
select pg_temp.narrow('Birch');
select results_eq(
  'select * from private.api_caller()', $$values (array['Birch'], null::text)$$,
  'with such a key one, and no agency role'
);
select set_eq($$select private.my_clients('staff')$$, array['Birch'], 'where the role holds');
select is(cardinality(private.caller_client_ids()), 1, 'by the client''s uuid');
select is(cardinality(private.caller_tenant_ids()), 1, 'by tenant');
select is(cardinality(private.caller_team_ids()), 1, 'by team');
select is(private.is_agency('read'), false, 'nothing of the agency');
select set_eq('select "Business" from public."Clients"', array['Birch'], 'policies hold it');
select throws_ok(
  $$insert into public.crm_tags (client, name, entity_type) values ('Acme', 'x', 'deal')$$, '42501', null,
  'also for writes'
);
select lives_ok(
  $$insert into public.crm_tags (client, name, entity_type) values ('Birch', 'x', 'deal')$$,
  'which it may for that client'
);

select tests.authenticate_as((select member from person));
select pg_temp.narrow('Birch');
select is_empty('select private.my_clients()', 'it never adds a client');
select results_eq(
  'select * from private.api_caller()', $$values ('{}'::text[], null::text)$$, 'for nobody'
);

select * from finish();
rollback;
