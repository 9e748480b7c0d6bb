begin;
select plan(2);

create function public.handle_halfway(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  insert into public.client_targets (client) values ('Halfway');
  perform 1 / 0;
end
$$;
insert into integrations.webhook_handlers values ('bison', 'HALFWAY', 'public.handle_halfway');
select integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'HALFWAY', '{}');
select tests.set_clock(now() + interval '25 seconds');
select results_eq('select failed from integrations.retry_failed_webhooks()', 'values (1)', 'it fails again');
select is((select count(*) from public.client_targets), 0::bigint, 'without a trace');

select * from finish();
rollback;
