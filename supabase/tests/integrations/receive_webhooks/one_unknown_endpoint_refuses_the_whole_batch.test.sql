begin;
select plan(3);

select throws_ok(
  $$select integrations.receive_webhooks(jsonb_build_array(
    jsonb_build_object('endpoint_id', tests.endpoint('bison'), 'delivery_key', 'a', 'event_type', 'NEW', 'payload',
      '{}'::jsonb),
    jsonb_build_object('endpoint_id', 0, 'delivery_key', 'b', 'event_type', 'NEW', 'payload', '{}'::jsonb)
  ))$$,
  'MR001'
);
select is(
  (select count(*) from integrations.webhook_events), 0::bigint, 'none of them is stored: each is sent again alone'
);
select is(integrations.receive_webhooks('[]'), '[]'::jsonb, 'an empty batch has no answers');

select * from finish();
rollback;
