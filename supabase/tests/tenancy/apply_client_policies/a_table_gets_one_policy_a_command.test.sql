begin;
select plan(6);

create table public.things (client text, name text);
select private.apply_client_policies('public.things', 'member');
insert into public."Clients" ("Business") values ('Acme'), ('Other');
insert into public.things values ('Acme', 'a'), ('Other', 'o');

select is(
  (select string_agg(concat_ws(' ', cmd, lower(permissive), roles::text), ', ' order by cmd) from pg_policies
    where tablename = 'things'),
  'DELETE permissive {authenticated}, INSERT permissive {authenticated}, SELECT permissive {authenticated}, '
  'UPDATE permissive {authenticated}',
  'for signed-in users'
);
select is((select relrowsecurity from pg_class where oid = 'public.things'::regclass), true, 'and they are in force');
select is(has_table_privilege('anon', 'public.things', 'select'), false, 'anon has no grant');
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select results_eq('select name from public.things', $$values ('a')$$, 'a member sees the own rows');
select throws_ok($$insert into public.things values ('Other', 'x')$$, '42501', null, 'writes no other client''s');
select throws_ok($$update public.things set client = 'Other'$$, '42501', null, 'and gives none away');

select * from finish();
rollback;
