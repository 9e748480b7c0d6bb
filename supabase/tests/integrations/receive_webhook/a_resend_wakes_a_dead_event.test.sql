begin;
select plan(5);

create function public.handle_moody(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  if current_setting('tests.mood', true) = 'bad' then
    raise exception 'not today';
  end if;
  return 'processed';
end
$$;
insert into integrations.webhook_handlers values ('bison', 'MOODY', 'public.handle_moody');
create function pg_temp.receive() returns text language sql as $$
  select outcome from integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'MOODY', '{}')
$$;

select set_config('tests.mood', 'bad', true);
select is(pg_temp.receive(), 'failed', 'it fails');
update integrations.webhook_events set status = 'dead', attempts = 10, next_attempt_at = null;

select is(pg_temp.receive(), 'duplicate', 'a person has it sent again at the provider');
select results_eq(
  'select status, next_attempt_at, duplicate_count from integrations.webhook_inbox',
  $$values ('failed', now(), 1)$$,
  'it is due at once'
);
select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (0, 0, 1)',
  'it has one attempt: failing again, it is dead again'
);
select set_config('tests.mood', 'good', true);
select pg_temp.receive();
select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (1, 0, 0)',
  'once the cause is mended, the next resend handles it'
);

select * from finish();
rollback;
