begin;
select plan(4);

select private.ensure_tenant('Acme');
create temp table first_ids as select id, client_id from integrations.tenants where business = 'Acme';
select private.ensure_tenant('Acme');
select results_eq(
  $$select id, client_id from integrations.tenants where business = 'Acme'$$, 'select id, client_id from first_ids',
  'a second call changes nothing'
);
select is(
  (select client_id from public."RR_clients_IDs" where client_name = 'Acme'), (select client_id from first_ids),
  'both tables hold one uuid'
);

insert into public."RR_clients_IDs" (client_id, client_name) values ('00000000-0000-4000-8000-000000000001', 'Older');
select private.ensure_tenant('Older');
select is(private.client_id_of('Older'), '00000000-0000-4000-8000-000000000001', 'an id that is there already is kept');
select throws_ok($$select private.ensure_tenant(' ')$$, '23514', null, 'a blank name is none');

select * from finish();
rollback;
