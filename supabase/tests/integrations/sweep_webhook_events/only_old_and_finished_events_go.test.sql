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
select pg_temp.receive('processed', 'good'), pg_temp.receive('failed'), pg_temp.receive('dead'),
  pg_temp.receive('new', 'good');
select integrations.receive_webhook(tests.endpoint('bison'), 'ignored', 'NOVEL', '{}');
select pg_temp.receive('processed', 'good'), pg_temp.receive('failed');
update integrations.webhook_events set status = 'dead' where delivery_key = 'dead';
update integrations.webhook_events set received_at = now() - interval '180 days 1 minute' where delivery_key <> 'new';
select results_eq(
  'select deleted, has_more from integrations.sweep_webhook_events()', 'values (2, false)',
  'what is done with, after 180 days'
);
select results_eq(
  'select delivery_key collate "C" from integrations.webhook_events order by 1',
  $$values ('dead' collate "C"), ('failed'), ('new')$$,
  'what failed or is dead stays until a person has decided'
);
select results_eq(
  'select e.delivery_key from integrations.webhook_repeats r left join integrations.webhook_events e on e.id = r.event_id',
  $$values ('failed')$$, 'what was counted of an event goes with it'
);

select * from finish();
rollback;
