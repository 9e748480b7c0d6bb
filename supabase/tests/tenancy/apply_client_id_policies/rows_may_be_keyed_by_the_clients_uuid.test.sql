begin;
select plan(3);

create table public.things (owner uuid);
select private.apply_client_id_policies('public.things', 'owner', 'staff');
insert into public."Clients" ("Business") values ('Acme'), ('Other');
insert into public.things values (private.client_id_of('Acme')), (private.client_id_of('Other'));
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select results_eq(
  'select owner from public.things', $$values (private.client_id_of('Acme'))$$, 'a member sees the own rows'
);
select throws_ok($$insert into public.things select private.client_id_of('Acme')$$, '42501', null, 'and writes none');
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select lives_ok($$insert into public.things select private.client_id_of('Acme')$$, 'staff does');

select * from finish();
rollback;
