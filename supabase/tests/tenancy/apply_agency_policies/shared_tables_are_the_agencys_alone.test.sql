begin;
select plan(4);

create table public.things (name text);
select private.apply_agency_policies('public.things', 'staff');
insert into public."Clients" ("Business") values ('Acme');
insert into public.things values ('a');
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select is_empty('select * from public.things', 'a client''s user sees nothing');
select tests.clear();
select tests.authenticate_as(tests.create_user('viewer'));
select isnt_empty('select * from public.things', 'an agency viewer reads');
select throws_ok($$insert into public.things values ('x')$$, '42501', null, 'and writes not');
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select lives_ok($$insert into public.things values ('x')$$, 'a manager does');

select * from finish();
rollback;
