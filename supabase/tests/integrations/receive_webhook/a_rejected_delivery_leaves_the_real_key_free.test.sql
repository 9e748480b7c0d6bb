begin;
select plan(5);

select results_eq(
  $$select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'EMAIL_SENT', '{"event": {"workspace_id": 99}}', null, 'another workspace'
  )$$,
  $$values ('rejected')$$,
  'it is kept as a dead letter'
);
select results_eq(
  'select status, last_error, next_attempt_at, delivery_key <> $$key 1$$ from integrations.webhook_events',
  $$values ('dead', 'another workspace', null::timestamptz, true)$$,
  'with the reason, under a key of its own'
);
select is((select count(*) from private.pending_events), 0::bigint, 'no handler ran');
select is(
  tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1'), 'processed',
  'once mended, the delivery is accepted under its real key'
);
select is((select count(*) from private.pending_events), 1::bigint, 'and handled');

select * from finish();
rollback;
