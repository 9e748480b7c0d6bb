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
create temp table waits (attempt integer, seconds numeric);
select pg_temp.receive('key 1');
do $$
begin
  for v_attempt in 1..9 loop
    insert into waits
    select v_attempt, extract(epoch from e.next_attempt_at - private.clock()) from integrations.webhook_events e;
    perform tests.set_clock((select next_attempt_at from integrations.webhook_events));
    perform integrations.retry_failed_webhooks();
  end loop;
end
$$;

select is_empty(
  $$select w.* from waits w
    where w.seconds not between 0.8 * least(10 * 2 ^ w.attempt, 3600) and 1.2 * least(10 * 2 ^ w.attempt, 3600)$$,
  '20 s, 40 s, 80 s ... 43 min, 1 h, each within a fifth'
);
select results_eq(
  'select status, attempts::integer from integrations.webhook_events', $$values ('dead', 10)$$, 'ten attempts in all'
);

select * from finish();
rollback;
