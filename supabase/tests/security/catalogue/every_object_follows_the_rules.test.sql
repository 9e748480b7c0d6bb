-- Rules that every table and function of ours keeps. Objects are found in the catalogue, so new ones are covered.
begin;
select plan(17);

-- Ours is what the migration role owns, extensions aside.
create temp view our_relation as
select c.oid, c.oid::regclass as name, c.relname, c.relkind, c.relrowsecurity, c.relispartition, c.reloptions
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relowner = (select relowner from pg_class where oid = 'integrations.tenants'::regclass)
  and c.relkind in ('r', 'p', 'v', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname not in ('supabase_migrations', 'tests')
  and not exists (
    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );

create temp view our_table as select * from our_relation where relkind in ('r', 'p');

create temp view our_function as
select p.oid, p.oid::regprocedure as name, p.prosecdef, p.proconfig, p.prorettype, n.nspname
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where p.proowner = (select relowner from pg_class where oid = 'integrations.tenants'::regclass)
  and n.nspname !~ '^pg_'
  and n.nspname <> 'tests'
  and not exists (
    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
  );

select cmp_ok((select count(*) from our_table), '>=', 20::bigint, 'the tables are found');
select cmp_ok((select count(*) from our_function), '>=', 20::bigint, 'the functions are found');

-- Tables ---------------------------------------------------------------------------------------------------------

select is_empty(
  'select name from our_table where not relrowsecurity',
  'row-level security is on for every table'
);

select is_empty(
  $$
    select name from our_table t
    where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)
      and t.name::text <> 'private.pending_events' -- appended to and emptied, without any index
  $$,
  'every table has a primary key'
);

select is_empty(
  $$
    select t.name, command, role, count(*)
    from our_table t
    join pg_policy p on p.polrelid = t.oid
    cross join lateral unnest(case p.polcmd when '*' then '{r,a,w,d}' else array[p.polcmd] end) as command
    cross join lateral unnest(p.polroles) as role
    where p.polpermissive
    group by t.name, command, role
    having count(*) > 1
  $$,
  'a role has one permissive policy for a command'
);

select is_empty(
  $$
    select t.name, p.polname
    from our_table t
    join pg_policy p on p.polrelid = t.oid
    where p.polroles && '{0}' or 'anon'::regrole = any(p.polroles)
  $$,
  'no policy speaks for everybody or for anon'
);

select is_empty(
  $$
    select t.name, k.conname
    from our_table t
    join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
    where not exists (
      select
      from pg_index i
      where i.indrelid = k.conrelid
        and i.indisvalid
        and i.indpred is null
        and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
    )
  $$,
  'every foreign key has an index'
);

select is_empty(
  $$select name from our_relation r where not relispartition and obj_description(r.oid, 'pg_class') is null$$,
  'every table and view is described'
);

select is_empty(
  $$
    select name from our_relation
    where relkind = 'v' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false)
  $$,
  'every view asks with the rights of its reader'
);

select is_empty(
  $$select name from our_relation where relkind = 'm'$$, 'no materialized view, which knows no row-level security'
);

select is_empty(
  $$
    select r.name, role, privilege
    from our_relation r
    cross join unnest(array['anon', 'authenticated']) as role
    cross join unnest(array['truncate', 'references', 'trigger']) as privilege
    where has_table_privilege(role, r.oid, privilege)
  $$,
  'no user may do to a table what row-level security does not see'
);

select is_empty(
  $$
    select r.name, a.attname
    from our_relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    where a.attname ~* '(^|_)(access_token|refresh_token|secret|password|api_?key)|_secret$|token_hash|^api key'
      and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bytea'::regtype, 'jsonb'::regtype)
      and has_column_privilege('authenticated', r.oid, a.attnum, 'select')
  $$,
  'no user reads a column that holds a secret'
);

select is_empty(
  $$
    select t.name
    from our_table t
    join pg_attribute a on a.attrelid = t.oid and a.attname = 'updated_at' and not a.attisdropped
    where not t.relispartition
      and not exists (
        select
        from pg_trigger g
        where g.tgrelid = t.oid
          and g.tgname = '_100_touch_updated_at'
          and g.tgfoid = 'extensions.moddatetime()'::regprocedure
      )
  $$,
  'updated_at is kept by a trigger'
);

-- Functions ------------------------------------------------------------------------------------------------------

select is_empty(
  $$select name from our_function where not exists (select from unnest(proconfig) as c where c ~ '^search_path=')$$,
  'every function has its search path set'
);

select is_empty(
  $$select name from our_function where has_function_privilege('public', oid, 'execute')$$,
  'no function is executable by everybody'
);

select is_empty(
  $$
    select name from our_function
    where nspname <> 'private' and prorettype <> 'trigger'::regtype and obj_description(oid, 'pg_proc') is null
  $$,
  'every function outside private is described'
);

select is_empty(
  $$select name from our_function where prosecdef and coalesce(obj_description(oid, 'pg_proc'), '') !~* 'definer'$$,
  'every function with its owner''s rights says why'
);

select * from finish();
rollback;
