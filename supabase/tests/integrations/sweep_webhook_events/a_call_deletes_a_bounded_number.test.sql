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
select pg_temp.receive('key ' || i, 'good') from generate_series(1, 5) i;
update integrations.webhook_events set received_at = now() - interval '181 days';
select results_eq(
  $$select deleted, has_more from integrations.sweep_webhook_events(p_limit => 3)$$, 'values (3, true)',
  'three, and more is left'
);
select results_eq(
  $$select deleted, has_more from integrations.sweep_webhook_events(p_limit => 3)$$, 'values (2, false)', 'the rest'
);
select is((select count(*) from integrations.webhook_events), 0::bigint, 'all gone');

select * from finish();
rollback;
