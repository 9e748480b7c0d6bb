begin;
select plan(1);

create function public.handle_verbose(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  raise exception '%', repeat('x', 100000);
end
$$;
insert into integrations.webhook_handlers values ('bison', 'VERBOSE', 'public.handle_verbose');
select integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'VERBOSE', '{}');
select is((select length(last_error) from integrations.webhook_events), 1000, 'the event does not grow with it');

select * from finish();
rollback;
