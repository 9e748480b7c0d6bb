begin;
select plan(2);

select is_empty(
  $$
    select s.table_name
    from private.secret_columns s
    where not exists (select from pg_trigger g where g.tgrelid = s.table_name and g.tgname = '_900_audit')
  $$,
  'every table that holds a secret is audited'
);
select is_empty(
  $$
    select g.tgrelid::regclass, s.column_name
    from pg_trigger g
    join private.secret_columns s on s.table_name = g.tgrelid
    where g.tgname = '_900_audit'
      and s.column_name <> all((string_to_array(encode(g.tgargs, 'escape'), '\000'))[2]::text[])
  $$,
  'and shows none of its secrets'
);

select * from finish();
rollback;
