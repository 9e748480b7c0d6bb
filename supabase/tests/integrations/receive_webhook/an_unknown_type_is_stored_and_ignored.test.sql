begin;
select plan(2);

select is(
  (select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'BLACKLISTED_EMAIL_ADDED', '{"event": {"type": "BLACKLISTED_EMAIL_ADDED"}}'
  )),
  'ignored', 'nobody handles it'
);
select results_eq(
  'select status, next_attempt_at, payload is not null from integrations.webhook_events',
  $$values ('ignored', null::timestamptz, true)$$,
  'it is kept, and not tried again'
);

select * from finish();
rollback;
