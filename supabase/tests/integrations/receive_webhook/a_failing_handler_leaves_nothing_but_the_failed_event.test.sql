begin;
select plan(5);

create function public.handle_halfway(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  insert into public.client_targets (client) values ('Halfway');
  perform 1 / 0;
  return 'processed';
end
$$;
insert into integrations.webhook_handlers values ('bison', 'HALFWAY', 'public.handle_halfway');

select results_eq(
  $$select outcome, event_id is not null from integrations.receive_webhook(
    tests.endpoint('bison'), 'key 1', 'HALFWAY', '{"event": {"type": "HALFWAY"}}', '2026-03-02 10:00Z'
  )$$,
  $$values ('failed', true)$$,
  'the sender learns that it is stored'
);
select is((select count(*) from public.client_targets), 0::bigint, 'what the handler did is undone');
select results_eq(
  'select status, attempts::integer, last_sqlstate, last_error, payload from integrations.webhook_events',
  $$values ('failed', 1, '22012', 'division by zero', '{"event": {"type": "HALFWAY"}}'::jsonb)$$,
  'the event waits with its body and the reason'
);
select is(
  (select next_attempt_at between now() + interval '16 seconds' and now() + interval '24 seconds'
   from integrations.webhook_events),
  true, 'it is tried again after about 20 seconds'
);
select is(
  (select outcome from integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'HALFWAY',
    '{"event": {"type": "HALFWAY"}}')),
  'duplicate', 'a repetition does not run the handler again'
);

select * from finish();
rollback;
