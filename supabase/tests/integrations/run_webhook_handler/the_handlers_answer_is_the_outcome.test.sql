begin;
select plan(3);

create function public.handle_any(p_event integrations.webhook_events) returns text language plpgsql as $$
begin
  return p_event.payload ->> 'answer';
end
$$;
create function public.handle_all(p_event_ids bigint[]) returns text language plpgsql as $$
begin
  if exists (select from integrations.webhook_events e where e.id = any(p_event_ids) and e.payload ->> 'answer' = 'bad')
  then
    perform 1 / 0;
  end if;
  return 'processed';
end
$$;
insert into integrations.webhook_handlers values
  ('bison', 'ANY', 'public.handle_any'), ('bison', 'ALL', 'public.handle_all');
create function pg_temp.receive(p_type text, p_answers text[]) returns jsonb language sql as $$
  select jsonb_agg(a ->> 'outcome')
  from jsonb_array_elements(integrations.receive_webhooks((
    select jsonb_agg(jsonb_build_object(
      'endpoint_id', tests.endpoint('bison'), 'delivery_key', p_type || n, 'event_type', p_type,
      'payload', jsonb_build_object('answer', answer)
    ) order by n)
    from unnest(p_answers) with ordinality as u (answer, n)
  ))) as a
$$;

select is(pg_temp.receive('ANY', '{processed,ignored}'), '["processed", "ignored"]', 'for each event alone');
select is(pg_temp.receive('ALL', '{good,good}'), '["processed", "processed"]', 'for events together');
update integrations.webhook_events set delivery_key = 'other ' || delivery_key;
select is(
  pg_temp.receive('ALL', '{good,good,bad,good}'), '["processed", "processed", "failed", "processed"]',
  'one that spoils it fails alone'
);

select * from finish();
rollback;
