begin;
select plan(1);

select tests.endpoint('bison');
update integrations.webhook_endpoints
set previous_token_hash = token_hash, token_hash = sha256('new token');
select is_empty(
  $$select * from integrations.webhook_endpoint('bison', sha256('bisonAcme'))$$,
  'a forgotten expiry does not keep it for ever'
);

select * from finish();
rollback;
