begin;
select plan(6);

select tests.authenticate_as(tests.create_user('manager'));
select lives_ok($$insert into public."Clients" ("Business") values ('Acme')$$, 'staff adds a client');
select tests.clear();

select is((select count(*) from public."RR_clients_IDs" where client_name = 'Acme'), 1::bigint, 'it has an id');
select is(
  (select client_id from integrations.tenants where business = 'Acme'),
  (select client_id from public."RR_clients_IDs" where client_name = 'Acme'),
  'and a tenant under the same id'
);

insert into public."RR_clients_IDs" (client_id, client_name) values ('00000000-0000-4000-8000-000000000001', 'Beta');
insert into public."Clients" ("Business") values ('Beta');
select is(
  private.client_id_of('Beta'), '00000000-0000-4000-8000-000000000001'::uuid, 'an id that was there before is kept'
);

delete from public."Clients" where "Business" = 'Beta';
insert into public."Clients" ("Business") values ('Beta');
select is(
  private.client_id_of('Beta'), '00000000-0000-4000-8000-000000000001'::uuid, 'also when the client comes back'
);

select tests.authenticate_as(tests.create_user('viewer'));
select throws_ok(
  $$insert into public."Clients" ("Business") values ('Gamma')$$, '42501', null, 'a viewer adds none'
);

select * from finish();
rollback;
