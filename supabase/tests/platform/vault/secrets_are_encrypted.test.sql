begin;
select plan(17);

select columns_are('vault', 'secrets', array[
  'id', 'name', 'description', 'secret', 'key_id', 'nonce', 'created_at', 'updated_at'
]);
select columns_are('vault', 'decrypted_secrets', array[
  'id', 'name', 'description', 'secret', 'decrypted_secret', 'key_id', 'nonce', 'created_at', 'updated_at'
]);
select function_returns('vault', 'create_secret', array['text', 'text', 'text', 'uuid'], 'uuid');
select function_returns('vault', 'update_secret', array['uuid', 'text', 'text', 'text', 'uuid'], 'void');

create temp table made as
select vault.create_secret('s3cret ü', 'probe', 'a test') as id;
select isnt((select secret from vault.secrets where name = 'probe'), 's3cret ü', 'the table holds no plain text');
select is(
  (select (decrypted_secret, description)::text from vault.decrypted_secrets where id = (select id from made)),
  '("s3cret ü","a test")', 'the view shows it'
);
select throws_ok($$select vault.create_secret('other', 'probe')$$, '23505', null, 'a name is there once');
select lives_ok($$select vault.create_secret('a'), vault.create_secret('b')$$, 'names are not needed');

select vault.update_secret((select id from made), new_description => 'still a test');
select is(
  (select decrypted_secret from vault.decrypted_secrets where name = 'probe'), 's3cret ü', 'what was not said stays'
);
select vault.update_secret((select id from made), 'changed');
select is(
  (select (decrypted_secret, description)::text from vault.decrypted_secrets where name = 'probe'),
  '(changed,"still a test")', 'the secret changes'
);

select throws_ok(
  $$insert into vault.secrets (secret) values ('x')$$, '42501', null, 'postgres writes through the functions alone'
);
select throws_ok($$update vault.secrets set secret = 'x'$$, '42501', null, 'and updates through them');
select throws_ok('select vault._passphrase(null, 0, null, null)', '42501', null, 'nobody sees the key');
select lives_ok($$delete from vault.secrets where name = 'probe'$$, 'postgres deletes');

select ok(
  not has_table_privilege('authenticated', 'vault.decrypted_secrets', 'select')
    and not has_function_privilege('authenticated', 'vault.create_secret(text, text, text, uuid)', 'execute'),
  'authenticated reads none and makes none'
);
select ok(not has_schema_privilege('anon', 'vault', 'usage'), 'nor has anon');
select ok(has_table_privilege('service_role', 'vault.decrypted_secrets', 'select'), 'service_role reads');

select * from finish();
rollback;
