begin;
select plan(3);

select is_empty(
  $$select table_name from private.personal_data where to_regclass(table_name) is null$$, 'the tables exist'
);
select is_empty(
  $$
    select d.table_name, c.name
    from private.personal_data d, unnest(d.columns) as c (name)
    where not exists (
      select from private.searched_columns(to_regclass(d.table_name)) s where s.name = c.name
    )
  $$,
  'with the columns'
);
-- A new table must be decided on: who has an e-mail column or keeps what others sent is told what becomes of it.
select set_eq(
  $$
    select distinct c.oid::regclass::text
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relowner = 'postgres'::regrole
      and c.relkind in ('r', 'p')
      and c.relnamespace::regnamespace::text not in ('tests', 'supabase_migrations')
      and (
        a.attname ~ '(^|_)e?mail($|_address)' or a.attname ~ '^(payload|event_data|raw_body|body)$'
      )
      and not exists (select from private.personal_data d where to_regclass(d.table_name) = c.oid)
  $$,
  array['calendly_integrations', 'inboxes', 'outbound.users', 'shared.billing_accounts', 'shared.users'],
  'only our own people''s addresses are not erased but blotted'
);

select * from finish();
rollback;
