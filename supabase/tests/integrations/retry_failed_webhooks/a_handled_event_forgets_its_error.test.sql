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
select pg_temp.receive('key 1');
select set_config('tests.mended', 'yes', true);
select tests.set_clock(now() + interval '25 seconds');
select integrations.retry_failed_webhooks();
select results_eq(
  'select status, attempts::integer, next_attempt_at, last_sqlstate, last_error from integrations.webhook_events',
  $$values ('processed', 2, null::timestamptz, null::text, null::text)$$,
  'processed at the second attempt'
);

select * from finish();
rollback;
