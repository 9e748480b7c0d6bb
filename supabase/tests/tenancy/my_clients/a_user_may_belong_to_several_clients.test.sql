begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme'), ('Other'), ('Third');
create temp table person as select tests.create_user('member', 'Acme') as id;
insert into integrations.memberships (user_id, client, role) select id, 'Other', 'viewer' from person;

select tests.authenticate_as((select id from person));
select set_eq('select private.my_clients()', array['Acme', 'Other'], 'reads both');
select set_eq($$select private.my_clients('member')$$, array['Acme'], 'each with its own role');
select set_eq(
  'select unnest(private.caller_client_ids())',
  'select client_id from integrations.tenants where business in ($$Acme$$, $$Other$$)',
  'the uuids say the same'
);
select is_empty($$select private.my_clients('everything')$$, 'an unknown right is no right');

select * from finish();
rollback;
