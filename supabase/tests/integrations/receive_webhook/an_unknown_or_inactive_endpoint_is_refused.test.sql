begin;
select plan(3);

select throws_ok($$select integrations.receive_webhook(4711, 'key 1', 'EMAIL_SENT', '{}')$$, 'MR001', null, 'unknown');
select tests.endpoint('bison');
update integrations.webhook_endpoints set is_active = false;
select throws_ok(
  $$select integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'EMAIL_SENT', '{}')$$, 'MR001', null,
  'inactive'
);
select is((select count(*) from integrations.webhook_events), 0::bigint, 'nothing is stored');

select * from finish();
rollback;
