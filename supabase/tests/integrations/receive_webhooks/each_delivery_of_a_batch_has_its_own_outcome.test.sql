begin;
select plan(4);

create function public.handle_halfway(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  insert into public.client_targets (client) values (p_event.payload ->> 'target');
  if p_event.payload ? 'fails' then
    perform 1 / 0;
  end if;
  return 'processed';
end
$$;
insert into integrations.webhook_handlers values ('bison', 'HALFWAY', 'public.handle_halfway');

select is(
  (
    select jsonb_agg(a.answer ->> 'outcome' order by a.n)
    from jsonb_array_elements(integrations.receive_webhooks(jsonb_build_array(
      jsonb_build_object('endpoint_id', tests.endpoint('bison'), 'delivery_key', 'c', 'event_type', 'HALFWAY',
        'payload', '{"target": "C"}'::jsonb, 'occurred_at', '2026-03-02T10:00:00.123456Z'),
      jsonb_build_object('endpoint_id', tests.endpoint('bison'), 'delivery_key', 'a', 'event_type', 'HALFWAY',
        'payload', '{"target": "A", "fails": true}'::jsonb, 'occurred_at', null),
      jsonb_build_object('endpoint_id', tests.endpoint('bison'), 'delivery_key', 'b', 'event_type', 'NEW',
        'payload', '{}'::jsonb, 'occurred_at', null),
      jsonb_build_object('endpoint_id', tests.endpoint('bison'), 'delivery_key', 'c', 'event_type', 'HALFWAY',
        'payload', '{"target": "C"}'::jsonb, 'occurred_at', null)
    ))) with ordinality as a (answer, n)
  ),
  '["processed", "failed", "ignored", "duplicate"]',
  'outcomes come in the order of the deliveries'
);
select results_eq(
  'select client from public.client_targets',
  $$values ('C')$$,
  'a failing handler undoes its own work only'
);
select results_eq(
  'select delivery_key, status, duplicate_count from integrations.webhook_inbox order by delivery_key',
  $$values ('a', 'failed', 0), ('b', 'ignored', 0), ('c', 'processed', 1)$$,
  'each is stored once'
);
select is(
  (select occurred_at from integrations.webhook_events where delivery_key = 'c'),
  '2026-03-02T10:00:00.123456Z'::timestamptz,
  'with the provider''s time to the microsecond'
);

select * from finish();
rollback;
