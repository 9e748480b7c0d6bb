begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
create temp table told (id uuid, n integer);
insert into told
select private.emit_event('deal.created', 'Acme', 'deal', 'd0000000-0000-4000-8000-000000000001', '{"a": 1}'), 1;
select set_config('millrace.actor', 'key:4711', true);
insert into told
select private.emit_event(
  'deal.created', 'Nobody Ltd', 'deal', 'd0000000-0000-4000-8000-000000000001', '{}', '2026-03-02T14:00:00Z'
), 2;

select is(
  (
    select row(e.event_id, e.aggregate_type, e.aggregate_id, e.event_data, e.metadata, e.status, e.tenant_id)::text
    from shared.outbox_events e
    join told t on t.id = e.id
    where t.n = 1
  ),
  (
    select row(
      t.id, 'deal', 'd0000000-0000-4000-8000-000000000001', '{"a": 1}'::jsonb, '{}'::jsonb, 'pending', a.tenant_id
    )::text
    from told t, integrations.tenants a
    where t.n = 1
  ),
  'an event is written with the tenant of its client'
);
select is(
  (select e.occurred_at from shared.outbox_events e join told t on t.id = e.id where t.n = 1), now(),
  'it happened now unless told otherwise'
);
select is(
  (select e.occurred_at from shared.outbox_events e join told t on t.id = e.id where t.n = 2),
  '2026-03-02T14:00:00Z'::timestamptz, 'or when it is told to have'
);
select is(
  (select e.metadata from shared.outbox_events e join told t on t.id = e.id where t.n = 2),
  '{"actor": "key:4711"}', 'who acts is noted'
);
select is(
  (select e.tenant_id from shared.outbox_events e join told t on t.id = e.id where t.n = 2), 'Nobody Ltd',
  'a client without a tenant is named'
);

select * from finish();
rollback;
