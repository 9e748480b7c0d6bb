begin;
select plan(1);

select tests.endpoint('bison');
update integrations.webhook_endpoints set is_active = false;
select is_empty(
  $$select * from integrations.webhook_endpoint('bison', sha256('bisonAcme'))$$, 'as if it were not there'
);

select * from finish();
rollback;
