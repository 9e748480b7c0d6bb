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
select pg_temp.receive('key ' || i) from generate_series(1, 5) i;
select set_config('tests.mended', 'yes', true);
select tests.set_clock(now() + interval '25 seconds');
select results_eq(
  'select processed, has_more from integrations.retry_failed_webhooks(2)', 'values (2, true)', 'two, and more is left'
);
select results_eq(
  'select processed, has_more from integrations.retry_failed_webhooks(2)', 'values (2, true)', 'two again'
);
select results_eq(
  'select processed, has_more from integrations.retry_failed_webhooks(2)', 'values (1, false)', 'the last'
);
select results_eq('select processed, has_more from integrations.retry_failed_webhooks(2)', 'values (0, false)', 'none');

select * from finish();
rollback;
