begin;
select plan(9);

create function pg_temp.sealed() returns text language sql as $$
  select 'v1.a.' || repeat('i', 16) || '.' || repeat('h', 22)
$$;
insert into public."Clients" ("Business") values ('Acme');
insert into outbound.webhooks (id, team_id, url, events, secret, previous_secret, previous_secret_expires_at)
select
  'e0000000-0000-4000-8000-000000000001', t.team_id, 'https://acme.test/', '{*}',
  'v1.k.' || repeat('i', 16) || '.' || repeat('a', 30), 'v1.k.' || repeat('i', 16) || '.' || repeat('b', 30),
  now() + interval '1 hour'
from integrations.tenants t;
insert into shared.webhook_subscriptions (id, tenant_id, name, url, headers, timeout_seconds)
select 'e0000000-0000-4000-8000-000000000002', t.tenant_id, 'x', 'https://sub.test/', jsonb_build_object('X-Key', pg_temp.sealed()), 4
from integrations.tenants t;
create temp table event as
select private.emit_event(
  'deal.won', 'Acme', 'deal', gen_random_uuid(), '{"n": 1}', '2026-03-02T14:00:00Z'
) as id;
select shared.relay_outbox();

create function pg_temp.delivery(p_endpoint text, out url text, out secrets text[], out headers jsonb, out timeout_ms integer, out event text, out body text)
language sql as $$
  select d.* from outbound.get_delivery(p_endpoint::uuid, (select id from event)) as d
$$;
select is(
  (select array[d.url, d.event, d.timeout_ms::text, d.headers::text] from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d),
  array['https://acme.test/', 'deal.won', '15000', '{}'], 'of an endpoint of outbound.webhooks'
);
select is(
  (select d.body::jsonb - 'sequence' from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d),
  (
    select jsonb_build_object(
      'id', e.id, 'type', 'deal.won', 'version', 'v1', 'timestamp', '2026-03-02T14:00:00Z'::timestamptz,
      'client', 'Acme', 'data', '{"n": 1}'::jsonb
    )
    from event e
  ),
  'the event in its envelope'
);
select is(
  (select (d.body::jsonb ->> 'sequence')::bigint from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d),
  (select l.sequence from shared.domain_event_logs l), 'with its place in the order'
);
select is(
  (select cardinality(d.secrets) from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d), 2, 'two secrets'
);
select tests.set_clock(now() + interval '2 hours');
select is(
  (select d.secrets from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d),
  array['v1.k.' || repeat('i', 16) || '.' || repeat('a', 30)], 'until the old one expires'
);
select is(
  (select array[d.url, d.timeout_ms::text, d.headers::text, d.secrets::text] from pg_temp.delivery('e0000000-0000-4000-8000-000000000002') d),
  array['https://sub.test/', '4000', jsonb_build_object('X-Key', pg_temp.sealed())::text, '{}'], 'of a subscription'
);
update outbound.webhooks set active = false;
update shared.webhook_subscriptions set deleted_at = now();
select is((select d.url from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d), null, 'none if it is off');
select is((select d.url from pg_temp.delivery('e0000000-0000-4000-8000-000000000002') d), null, 'none if it is deleted');
update outbound.webhooks set active = true;
delete from shared.domain_event_logs;
select is((select d.url from pg_temp.delivery('e0000000-0000-4000-8000-000000000001') d), null, 'none without the event');

select * from finish();
rollback;
