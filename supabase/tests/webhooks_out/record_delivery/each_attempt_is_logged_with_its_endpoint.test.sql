begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
insert into shared.webhook_subscriptions (id, tenant_id, name, url, events)
select 'e0000000-0000-4000-8000-000000000001', t.tenant_id, 'x', 'https://sub.test/', '{*}' from integrations.tenants t;
insert into outbound.webhooks (id, team_id, url, events)
select 'e0000000-0000-4000-8000-000000000002', t.team_id, 'https://hook.test/', '{*}' from integrations.tenants t;
create temp table event as select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{"n": 1}') as id;
select shared.relay_outbox();

select outbound.record_delivery(
  ('e0000000-0000-4000-8000-00000000000' || n)::uuid, (select id from event), n, 10, 500, repeat('x', 5000), 12,
  'It answered 500.'
)
from generate_series(1, 2) as n;

select is((select count(*) from outbound.webhook_logs), 1::bigint, 'of a webhook in its log');
select is((select count(*) from shared.webhook_subscription_logs), 1::bigint, 'of a subscription in its own');
select is(
  (
    select row(
      l.event, l.event_id, l.attempt, l.success, l.response_status, length(l.response_body), l.response_time_ms,
      l.error_message
    )::text
    from outbound.webhook_logs l
  ),
  (select row('deal.won', e.id, 2, false, 500, 4000, 12, 'It answered 500.')::text from event e), 'with its answer, cut'
);
select is((select l.payload -> 'data' from outbound.webhook_logs l), '{"n": 1}', 'and what was sent');
select is(
  (select array_agg(a.endpoint_id order by a.attempt) from integrations.delivery_attempts a),
  array['e0000000-0000-4000-8000-000000000001', 'e0000000-0000-4000-8000-000000000002']::uuid[], 'one view has both'
);

select * from finish();
rollback;
