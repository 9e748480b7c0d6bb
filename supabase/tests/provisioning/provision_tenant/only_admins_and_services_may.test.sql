begin;
select plan(8);

create temp table who as
select tests.create_user('admin') as admin, tests.create_user('manager') as manager, tests.create_user('viewer') as viewer;
grant select on who to authenticated, service_role;

select tests.authenticate_as((select manager from who));
select throws_ok($$select integrations.provision_tenant('Acme')$$, 'MR004', null, 'a manager may not');
select tests.authenticate_as((select viewer from who));
select throws_ok($$select integrations.provision_tenant('Acme')$$, 'MR004', null, 'nor may a viewer');
select tests.authenticate_as((select admin from who));
select is(integrations.provision_tenant('Acme') ->> 'outcome', 'created', 'an admin may');
select tests.as_role('service_role');
select is(integrations.provision_tenant('Bolt') ->> 'outcome', 'created', 'a service may');

select throws_ok($$select integrations.provision_tenant('  ')$$, 'MR002', null, 'a name is needed');
select throws_ok(
  $$select integrations.provision_tenant('Coil', 'Europe/Atlantis')$$, 'MR002', null, 'and a time zone that exists'
);
select throws_ok(
  $$select integrations.provision_tenant('Coil', p_bison => '{"api_key": "38|plain"}')$$, 'MR002', null,
  'a key that is not sealed is refused'
);
select is_empty($$select from public."Clients" where "Business" = 'Coil'$$, 'and leaves nothing');

select * from finish();
rollback;
