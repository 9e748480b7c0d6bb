begin;
select plan(4);

select tests.endpoint('bison');
update integrations.webhook_endpoints
set previous_token_hash = token_hash, previous_token_expires_at = '2026-03-09 12:00Z', token_hash = sha256('new token');

select tests.set_clock('2026-03-09 11:59:59Z');
select isnt_empty($$select * from integrations.webhook_endpoint('bison', sha256('new token'))$$, 'the new token works');
select isnt_empty(
  $$select * from integrations.webhook_endpoint('bison', sha256('bisonAcme'))$$, 'the old one still does'
);
select tests.set_clock('2026-03-09 12:00Z');
select is_empty($$select * from integrations.webhook_endpoint('bison', sha256('bisonAcme'))$$, 'until its time is up');
select isnt_empty($$select * from integrations.webhook_endpoint('bison', sha256('new token'))$$, 'the new one stays');

select * from finish();
rollback;
