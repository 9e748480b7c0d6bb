begin;
select plan(3);

select tests.endpoint('bison');
select throws_ok(
  $$select integrations.reconcile_webhooks(-1, '[{"delivery_key": "key 1", "event_type": "X", "payload": {}}]')$$,
  'MR001', null,
  'unknown'
);
update integrations.webhook_endpoints set is_active = false;
select throws_ok(
  $$select integrations.reconcile_webhooks(
    tests.endpoint('bison'), '[{"delivery_key": "key 1", "event_type": "X", "payload": {}}]')$$,
  'MR001', null, 'inactive'
);
update integrations.webhook_endpoints set is_active = true;
select results_eq(
  $$select ingested, known, failed from integrations.reconcile_webhooks(tests.endpoint('bison'), '[]')$$,
  'values (0, 0, 0)', 'an empty page is no fault'
);

select * from finish();
rollback;
