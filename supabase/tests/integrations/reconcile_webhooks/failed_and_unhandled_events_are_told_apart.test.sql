begin;
select plan(2);

create function public.handle_moody(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  if p_event.payload ->> 'mood' = 'bad' and current_setting('tests.mended', true) is distinct from 'yes' then
    raise exception 'not today' using errcode = 'MR003';
  end if;
  return 'processed';
end
$$;
insert into integrations.webhook_handlers values ('bison', 'MOODY', 'public.handle_moody');
create function pg_temp.receive(p_key text, p_mood text default 'bad') returns bigint language sql as $$
  select event_id from integrations.receive_webhook(
    tests.endpoint('bison'), p_key, 'MOODY', jsonb_build_object('mood', p_mood)::text
  )
$$;
select results_eq(
  $$select ingested, known, failed from integrations.reconcile_webhooks(tests.endpoint('bison'), '[
    {"delivery_key": "key 1", "event_type": "MOODY", "payload": {"mood": "bad"}},
    {"delivery_key": "key 2", "event_type": "NOVEL", "payload": {}},
    {"delivery_key": "key 2", "event_type": "NOVEL", "payload": {}}
  ]')$$,
  'values (1, 1, 1)', 'one fails, one nobody handles, one is on the page twice'
);
select results_eq(
  'select delivery_key, status from integrations.webhook_events order by 1',
  $$values ('key 1', 'failed'), ('key 2', 'ignored')$$,
  'a failed one is tried again by itself'
);

select * from finish();
rollback;
