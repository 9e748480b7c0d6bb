begin;
select plan(4);

create function pg_temp.reject() returns text language sql as $$
  select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'EMAIL_SENT',
    '{"event": {"type": "EMAIL_SENT"}, "data": {"campaign": {"id": 1}}}', null,
    'another workspace'
  )
$$;

select is(pg_temp.reject(), 'rejected', 'first');
select is(pg_temp.reject(), 'duplicate', 'the sender repeats it');
select results_eq(
  'select status, duplicate_count, next_attempt_at from integrations.webhook_inbox',
  $$values ('dead', 1, null::timestamptz)$$,
  'a repetition does not wake it'
);
select tests.set_clock(now() + interval '1 day');
select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (0, 0, 0)', 'no retry takes it up'
);

select * from finish();
rollback;
