begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Bolt');
insert into shared.credentials (tenant_id, credential_type, name, encrypted_value_ciphertext)
select t.tenant_id, 'slack_bot', 'Slack', tests.sealed('slack') from integrations.tenants t;

select is((select count(*) from shared.credentials), 2::bigint, 'two tenants may use one name');
select is(
  (select distinct encrypted_value_nonce from shared.credentials), repeat('A', 16), 'the nonce repeats the sealed text''s'
);
select throws_ok(
  $$
    insert into shared.credentials (tenant_id, credential_type, name, encrypted_value_ciphertext)
    select private.tenant_id_of('Acme'), 'smtp_password', 'Slack', tests.sealed('other')
  $$,
  '23505', null, 'one tenant uses a name once'
);
select throws_ok(
  $$update shared.credentials set encrypted_value_ciphertext = 'xoxb-plain'$$, '23514', null, 'plain text is refused'
);
select throws_ok(
  $$update shared.credentials set oauth_refresh_token_ciphertext = '1//plain'$$, '23514', null, 'for tokens as well'
);
update shared.credentials set description = 'x' where tenant_id = private.tenant_id_of('Acme');
select results_eq(
  'select version from shared.credentials order by version', array[1, 2], 'each update raises the version'
);

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select results_eq('select name::text from shared.credentials', array['Slack'], 'a client''s user sees that there is one');
select throws_ok(
  'select encrypted_value_ciphertext from shared.credentials', '42501', null, 'and not the sealed text itself'
);

select * from finish();
rollback;
