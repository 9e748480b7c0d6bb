begin;
select plan(9);

select is(
  (select array_agg(extname::text order by extname) from pg_extension
   where extname in ('pgcrypto', 'uuid-ossp', 'supabase_vault', 'pg_cron', 'pg_net', 'http', 'moddatetime')),
  array['http', 'moddatetime', 'pg_cron', 'pg_net', 'pgcrypto', 'supabase_vault', 'uuid-ossp'],
  'the extensions are there under their names'
);
select is(
  (select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_cron'),
  'pg_catalog', 'pg_cron is where Supabase has it'
);
select lives_ok('create extension pg_trgm with schema extensions', 'pg_trgm');
select lives_ok('create extension btree_gist with schema extensions', 'btree_gist');
select lives_ok('create extension citext with schema extensions', 'citext');
select lives_ok('create extension if not exists pgcrypto with schema extensions', 'one that is there already');
select lives_ok('create extension dblink with schema extensions', 'dblink');
select throws_ok('create extension file_fdw', '42501', null, 'not what reads the server''s files');
select throws_ok('create extension pageinspect', '42501', null, 'nor what looks under the tables');

select * from finish();
rollback;
