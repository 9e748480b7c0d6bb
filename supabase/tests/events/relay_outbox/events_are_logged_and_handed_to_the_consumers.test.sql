begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.take_deals(p_event_ids uuid[]) returns uuid[] language sql as $$
  select array_agg(e.event_id) from shared.outbox_events e
  where e.event_id = any(p_event_ids) and e.event_type = 'deal.won'
$$;
insert into integrations.event_consumers (name, handler) values ('deals', 'pg_temp.take_deals');
select set_config('millrace.actor', 'user:11111111-1111-4111-8111-111111111111', true);
select private.emit_event('deal.created', 'Acme', 'deal', 'd0000000-0000-4000-8000-000000000001', '{"n": 1}');
select private.emit_event('deal.won', 'Acme', 'deal', 'd0000000-0000-4000-8000-000000000001', '{"n": 2}');
select private.emit_event('deal.lost', 'Acme', 'deal', 'd0000000-0000-4000-8000-000000000002', '{"n": 3}');

select is(
  (select row(r.published, r.failed, r.has_more)::text from shared.relay_outbox(2) r), '(2,0,t)', 'at most the limit'
);
select is(
  (select row(r.published, r.failed, r.has_more)::text from shared.relay_outbox(2) r), '(1,0,f)', 'then the rest'
);
select is(
  (select row(r.published, r.failed, r.has_more)::text from shared.relay_outbox(2) r), '(0,0,f)', 'then nothing'
);
select is(
  (select array_agg(l.payload ->> 'n' order by l.sequence) from shared.domain_event_logs l), array['1', '2', '3'],
  'all are logged'
);
select is(
  (
    select row(l.id, l.event_version, l.tenant_id, l.project_id, l.user_id)::text
    from shared.domain_event_logs l
    where l.event_type = 'deal.won'
  ),
  (
    select row(e.event_id, 'v1', p.tenant_id, p.id, '11111111-1111-4111-8111-111111111111')::text
    from shared.outbox_events e, shared.projects p
    where e.event_type = 'deal.won'
  ),
  'with tenant, project and user'
);
select is(
  (select array_agg(distinct e.status) from shared.outbox_events e), array['processed']::varchar[],
  'and marked processed'
);
select is(
  (select array_agg(p.consumer_name) from shared.processed_events p), array['deals']::varchar[],
  'a consumer is noted for what it acted on'
);
select is(
  (select e.event_type from shared.processed_events p join shared.outbox_events e using (event_id)), 'deal.won',
  'and for nothing else'
);

select * from finish();
rollback;
