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
select pg_temp.receive('key 1');
delete from integrations.webhook_handlers where event_type = 'MOODY';
select tests.set_clock(now() + interval '25 seconds');
select results_eq(
  'select processed, failed from integrations.retry_failed_webhooks()', 'values (1, 0)', 'it is done with'
);
select is((select status from integrations.webhook_events), 'ignored', 'as ignored');

select * from finish();
rollback;
