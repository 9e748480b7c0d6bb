begin;
select plan(4);

select integrations.receive_webhook(
  tests.endpoint('bison'), 'key 1', 'EMAIL_SENT', '{"data": {"campaign": {"id": 401}}}', '2026-03-02 10:00Z',
  'another workspace'
);
select is(integrations.replay_webhook((select id from integrations.webhook_events)), 'processed', 'with its body');
select is((select occurred_at from private.pending_events), timestamptz '2026-03-02 10:00Z', 'and its time');

select integrations.receive_webhook(tests.endpoint('bison'), 'key 2', 'EMAIL_SENT', null, null, 'no JSON', '\x7b');
select throws_ok(
  $$select integrations.replay_webhook((select id from integrations.webhook_events where raw_body is not null))$$,
  'MR002', null,
  'bytes that are no JSON need a person who reads them'
);
select is(
  integrations.replay_webhook(
    (select id from integrations.webhook_events where raw_body is not null), '{"data": {"campaign": {"id": 401}}}'
  ),
  'processed', 'and writes what they should have been'
);

select * from finish();
rollback;
