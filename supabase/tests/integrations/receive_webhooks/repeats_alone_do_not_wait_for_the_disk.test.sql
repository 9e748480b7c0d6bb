begin;
select plan(5);

create function pg_temp.deliver(variadic p_payloads text[]) returns text language sql as $$
  select integrations.receive_webhooks((
    select jsonb_agg(jsonb_build_object(
      'endpoint_id', tests.endpoint('bison'), 'delivery_key', left(p, 1), 'event_type', 'NEW',
      'payload', jsonb_build_object('body', p), 'occurred_at', null
    ))
    from unnest(p_payloads) as p
  ));
  select current_setting('synchronous_commit')
$$;
set local synchronous_commit = on;

select is(pg_temp.deliver('a', 'b'), 'on', 'new ones wait');
select is(pg_temp.deliver('a', 'c', 'b'), 'on', 'among repeats, too');
select is(pg_temp.deliver('a', 'b other'), 'on', 'and so does another body of one that is known');
select is(pg_temp.deliver('a', 'c'), 'off', 'what is only counted does not');
select results_eq(
  'select delivery_key, duplicate_count from integrations.webhook_inbox order by delivery_key',
  $$values ('a', 3), ('b', 2), ('c', 1)$$, 'and is counted'
);

select * from finish();
rollback;
