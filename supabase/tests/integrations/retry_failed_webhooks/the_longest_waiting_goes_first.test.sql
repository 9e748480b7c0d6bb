begin;
select plan(1);

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
select pg_temp.receive('key ' || i) from generate_series(1, 3) i;
update integrations.webhook_events set next_attempt_at = now() - interval '1 hour' where delivery_key = 'key 2';
update integrations.webhook_events set next_attempt_at = now() where delivery_key <> 'key 2';
select integrations.retry_failed_webhooks(1);
select results_eq(
  $$select delivery_key from integrations.webhook_events where attempts = 2$$, $$values ('key 2')$$, 'by its due time'
);

select * from finish();
rollback;
