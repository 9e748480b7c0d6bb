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
select integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'NOVEL', '{"mood": "good"}');
select is(
  integrations.replay_webhook((select id from integrations.webhook_events)), 'ignored', 'nobody handles it yet'
);
insert into integrations.webhook_handlers values ('bison', 'NOVEL', 'public.handle_moody');
select is(integrations.replay_webhook((select id from integrations.webhook_events)), 'processed', 'now somebody does');
select is((select status from integrations.webhook_events), 'processed', 'the event says so');

select * from finish();
rollback;
