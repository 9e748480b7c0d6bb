begin;
select plan(5);

select tests.endpoint('bison');
select throws_ok(
  $$update integrations.webhook_endpoints set token_hash = 'token'$$, '23514', null, 'a token is not kept in the clear'
);
select throws_ok(
  $$update integrations.webhook_endpoints set signing_secret = 'secret'$$, '23514', null, 'nor is a secret'
);
select throws_ok(
  $$update integrations.webhook_endpoints set previous_signing_secret = 'secret'$$, '23514', null, 'nor an old one'
);
select throws_ok(
  $$update integrations.webhook_endpoints set require_signature = true$$, '23514', null,
  'a signature cannot be required without a secret'
);
select throws_ok(
  $$update integrations.webhook_endpoints set settings = '[]'$$, '23514', null, 'settings are an object'
);

select * from finish();
rollback;
