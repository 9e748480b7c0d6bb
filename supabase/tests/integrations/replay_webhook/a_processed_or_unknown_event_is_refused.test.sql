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
select throws_ok(
  'select integrations.replay_webhook((select id from integrations.webhook_events))', 'MR003', null,
  'its effects are there already'
);
select throws_ok('select integrations.replay_webhook(-1)', 'MR001', null, 'no such event');
select is((select attempts::integer from integrations.webhook_events), 1, 'nothing was tried');

select * from finish();
rollback;
