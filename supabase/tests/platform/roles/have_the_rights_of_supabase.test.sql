begin;
select plan(12);

select is(
  (select (rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, rolcanlogin)::text
   from pg_roles where rolname = 'postgres'),
  '(f,t,t,t,t,t)',
  'postgres is no superuser, but creates roles and databases and is not held by policies'
);
select is(
  (select (rolsuper, rolcanlogin)::text from pg_roles where rolname = 'supabase_admin'), '(t,t)',
  'supabase_admin is the superuser'
);
select is(
  (select array_agg(rolname::text order by rolname) from pg_roles
   where rolname in ('anon', 'authenticated', 'service_role') and not rolcanlogin and not rolsuper),
  array['anon', 'authenticated', 'service_role'],
  'the API roles cannot log in'
);
select ok((select rolbypassrls from pg_roles where rolname = 'service_role'), 'service_role is not held by policies');
select ok(
  not (select bool_or(rolbypassrls) from pg_roles where rolname in ('anon', 'authenticated', 'authenticator')),
  'anon, authenticated and authenticator are'
);
select is(
  (select (rolcanlogin, rolinherit)::text from pg_roles where rolname = 'authenticator'), '(t,f)',
  'authenticator logs in and inherits nothing'
);
select ok(pg_has_role('authenticator', 'anon', 'member'), 'authenticator may become anon');
select ok(pg_has_role('authenticator', 'service_role', 'member'), 'authenticator may become service_role');
select ok(pg_has_role('postgres', 'pg_read_all_data', 'member'), 'postgres reads all data');
select is(
  (select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()), 'postgres',
  'postgres owns the database'
);
select throws_ok('set role supabase_admin', '42501', null, 'postgres cannot become the superuser');
select throws_ok($$copy (select 1) to program 'true'$$, '42501', null, 'postgres runs no program on the server');

select * from finish();
rollback;
