begin;
select plan(2);

create table public."Odd Things" ("The Client" text);
select private.apply_client_policies('public."Odd Things"', p_column => 'The Client');
insert into public."Clients" ("Business") values ('Acme'), ('Other');
insert into public."Odd Things" values ('Acme'), ('Other');
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select results_eq('select "The Client" from public."Odd Things"', $$values ('Acme')$$, 'quoted where it must be');
select throws_ok($$insert into public."Odd Things" values ('Acme')$$, '42501', null, 'staff writes by default');

select * from finish();
rollback;
