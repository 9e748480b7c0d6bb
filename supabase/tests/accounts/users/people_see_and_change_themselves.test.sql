begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as
select tests.create_user('member', 'Acme') as member, tests.create_user('member', 'Acme') as other;
grant select on who to authenticated;

select tests.authenticate_as((select member from who));
select results_eq('select id from shared.users', 'select member from who', 'a user sees the own account');
select throws_ok('select password_hash from shared.users', '42501', null, 'without its password hash');
select results_eq('select id from outbound.users', 'select member from who', 'and the own profile');
select isnt_empty($$update outbound.users set timezone = 'Europe/Berlin' returning id$$, 'and changes it');
select throws_ok($$update outbound.users set email = 'x@y.test'$$, '42501', null, 'but not the address');
select tests.clear();
select is((select count(*) from outbound.users where timezone = 'Europe/Berlin'), 1::bigint, 'nobody else''s changed');

select * from finish();
rollback;
