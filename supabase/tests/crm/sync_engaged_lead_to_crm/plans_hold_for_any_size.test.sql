-- A plan is made for the first call, maybe one row on an empty table, and used for the last, maybe 100,000 on a full one.
begin;
select plan(3);

create temp table guarded as
select p.oid::regprocedure::text as name, p.proconfig as settings
from pg_proc p
where array_to_string(p.proconfig, ' ') ~ 'enable_';

select cmp_ok((select count(*) from guarded), '>=', 9::bigint, 'the functions are found');
select is_empty(
  $$select name from guarded where not 'jit=off' = any(settings)$$,
  'a plan that is dear by decree is not compiled'
);
select is_empty(
  $$
    select name
    from guarded
    where 'enable_seqscan=off' = any(settings) and not 'plan_cache_mode=force_generic_plan' = any(settings)
      -- What asks for memory works on thousands of rows a call: a plan costs it nothing.
      and array_to_string(settings, ' ') !~ 'work_mem'
  $$,
  'nor made again for every call'
);

select * from finish();
rollback;
