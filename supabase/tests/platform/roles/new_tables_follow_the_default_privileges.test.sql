begin;
select plan(6);

-- What Supabase grants by default in `public`, before the first migration takes it back for its own role.
select is(
  (select count(*)
   from pg_default_acl d
   join pg_roles r on r.oid = d.defaclrole
   where d.defaclnamespace = 'public'::regnamespace and r.rolname = 'supabase_admin'),
  3::bigint,
  'tables, functions and sequences that supabase_admin makes in public have default grants'
);

create table public.probe (id integer);
create function public.probe() returns integer language sql set search_path = '' as 'select 1';

select ok(has_table_privilege('service_role', 'public.probe', 'select, insert, update, delete'), 'service_role may all');
select ok(not has_table_privilege('anon', 'public.probe', 'select'), 'anon reads no table unless granted');
select ok(not has_table_privilege('authenticated', 'public.probe', 'select'), 'nor does authenticated');
select ok(not has_function_privilege('anon', 'public.probe()', 'execute'), 'anon executes nothing unless granted');
select ok(not has_function_privilege('authenticated', 'public.probe()', 'execute'), 'nor does authenticated');

select * from finish();
rollback;
