begin;
select plan(2);

create function public.handle_any(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  return p_event.payload ->> 'answer';
end
$$;
create function pg_temp.run(p_answer text) returns text language plpgsql as $$
declare
  v_event integrations.webhook_events;
begin
  v_event.payload := jsonb_build_object('answer', p_answer);
  return private.run_webhook_handler(v_event, 'public.handle_any');
end
$$;

select is(pg_temp.run('processed'), 'processed', 'processed');
select is(pg_temp.run('ignored'), 'ignored', 'ignored');

select * from finish();
rollback;
