begin;
select plan(3);

create function public.handle_moody(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  if p_event.payload ->> 'mood' = 'bad' and current_setting('tests.mended', true) is distinct from 'yes' then
    raise exception 'not today' using errcode = 'MR005';
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
select pg_temp.receive('key 1', 'good');
update integrations.webhook_events set received_at = now() - interval '30 days 1 minute';
select throws_ok(
  $$select integrations.sweep_webhook_events(interval '29 days 23 hours')$$, 'MR002', null,
  'a sender may still repeat what is so young'
);
select results_eq(
  'select deleted from integrations.sweep_webhook_events(null)', 'values (0)', 'no age deletes nothing'
);
select results_eq(
  $$select deleted from integrations.sweep_webhook_events(interval '30 days')$$, 'values (1)', 'thirty days are allowed'
);

select * from finish();
rollback;
