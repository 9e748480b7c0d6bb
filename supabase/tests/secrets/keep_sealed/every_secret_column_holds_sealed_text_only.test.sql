-- Columns are found in the catalogue, so a new table with a secret is covered without a word here.
begin;
select plan(8);

create temp view looks_secret as
select c.oid::regclass as table_name, a.attname as column_name
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relowner = (select relowner from pg_class where oid = 'integrations.tenants'::regclass)
  and c.relkind in ('r', 'p')
  and c.relnamespace::regnamespace::text not in ('tests', 'supabase_migrations')
  and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bytea'::regtype, 'jsonb'::regtype)
  and a.attname ~* '(^|[_ ])(secrets?|token|password|api[_ ]?key|ciphertext|credential|private_key)([_ ]|$)'
  -- Hashes of secrets, and words about secrets.
  and a.attname !~* '(_hash|_type|_expires_at|_nonce)$';

select cmp_ok((select count(*) from looks_secret), '>=', 8::bigint, 'the columns are found');
select is_empty(
  $$select * from looks_secret except select table_name, column_name from private.secret_columns$$,
  'every one of them holds sealed text only'
);

create table public.vault_of_the_test (id integer primary key, "The Secret" text, headers jsonb);
select private.keep_sealed('public.vault_of_the_test', 'The Secret');
select private.keep_sealed('public.vault_of_the_test', 'headers');
select throws_ok(
  $$insert into public.vault_of_the_test values (1, 'v1.dev.hunter2')$$, '23514', null, 'plain text is refused'
);
select lives_ok(
  $$insert into public.vault_of_the_test values (1, tests.sealed('a')), (2, null)$$, 'sealed text and null are not'
);
select throws_ok(
  $$update public.vault_of_the_test set headers = jsonb_build_object('A', tests.sealed('a'), 'B', 'Bearer x')$$, '23514',
  null, 'an object with one plain value is refused'
);
select throws_ok(
  $$update public.vault_of_the_test set headers = jsonb_build_array(tests.sealed('a'))$$, '23514', null,
  'and what is no object'
);
select lives_ok(
  $$
    update public.vault_of_the_test
    set headers = case id when 1 then '{}' else jsonb_build_object('A "1"', tests.sealed('a'), 'B', tests.sealed('b')) end
  $$,
  'an object of sealed texts is not'
);

select set_eq(
  $$select column_name::text from private.secret_columns where table_name = 'public.vault_of_the_test'::regclass$$,
  array['The Secret', 'headers'], 'the columns are known from then on'
);

select * from finish();
rollback;
