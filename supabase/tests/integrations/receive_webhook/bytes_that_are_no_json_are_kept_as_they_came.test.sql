begin;
select plan(4);

select is(
  (select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'unreadable', null, null, 'invalid UTF-8', '\x7b2280'
  )),
  'rejected', 'kept'
);
select is((select raw_body from integrations.webhook_events), '\x7b2280'::bytea, 'byte for byte');
select is(
  (select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'unreadable', null, null, 'invalid UTF-8', '\x7b2280'
  )),
  'duplicate', 'the same bytes again are a repetition'
);
select is(
  (select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'unreadable', null, null, 'invalid UTF-8', '\x7b2281'
  )),
  'rejected', 'other bytes are another dead letter, also under the same key'
);

select * from finish();
rollback;
