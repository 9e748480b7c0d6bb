begin;
select plan(4);

create table public.things (client text);
select private.apply_client_policies('public.things', 'none');
select results_eq(
  $$select cmd::text from pg_policies where tablename = 'things'$$, $$values ('SELECT')$$, 'one policy'
);
select is(has_table_privilege('authenticated', 'public.things', 'select'), true, 'users may read');
select is(has_table_privilege('authenticated', 'public.things', 'insert, update, delete'), false, 'and do no more');
select is(
  has_table_privilege('service_role', 'public.things', 'select, insert, update, delete'), true, 'the service may'
);

select * from finish();
rollback;
