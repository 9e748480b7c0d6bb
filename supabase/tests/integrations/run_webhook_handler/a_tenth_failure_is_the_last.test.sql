begin;
select plan(4);

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
update integrations.webhook_events set attempts = 8, next_attempt_at = now();

select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (0, 1, 0)',
  'the ninth may be repeated'
);
update integrations.webhook_events set next_attempt_at = now();
select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (0, 0, 1)', 'the tenth may not'
);
select results_eq(
  'select status, attempts::integer, next_attempt_at, last_sqlstate, last_error from integrations.webhook_events',
  $$values ('dead', 10, null::timestamptz, 'MR003', 'not today')$$,
  'it waits for a person, with the reason'
);
select tests.set_clock(now() + interval '1 year');
select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (0, 0, 0)',
  'and is never tried again'
);

select * from finish();
rollback;
