begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme'), ('Blue');
insert into outbound.webhooks (team_id, url, events, active)
select t.team_id, 'https://' || lower(t.business) || '.test/' || e.path, e.events, e.active
from integrations.tenants t
cross join (
  values ('all', '{*}'::text[], true), ('leads', '{lead.*}', true), ('off', '{*}', false)
) as e (path, events, active);
insert into shared.webhook_subscriptions (tenant_id, name, url, events, retry_count, deleted_at)
select t.tenant_id, e.name, 'https://acme.test/' || e.name, '{deal.won}', 2, e.deleted_at
from integrations.tenants t
cross join (values ('deals', null), ('deleted', now())) as e (name, deleted_at)
where t.business = 'Acme';

select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{}');
select private.emit_event('lead.replied', 'Blue', 'lead', gen_random_uuid(), '{}');
select private.emit_event('deal.won', 'Nobody Ltd', 'deal', gen_random_uuid(), '{}');
select shared.relay_outbox();

select set_eq(
  $$
    select e.url, l.event_type, q.max_attempts
    from outbound.job_queue q
    join integrations.event_endpoints e on e.id = (q.payload ->> 'endpoint_id')::uuid
    join shared.domain_event_logs l on l.id = (q.payload ->> 'event_id')::uuid
    where q.job_type = 'deliver_webhook' and q.queue_name = 'webhooks'
  $$,
  $$
    values ('https://acme.test/all', 'deal.won', 10), ('https://acme.test/deals', 'deal.won', 3),
      ('https://blue.test/all', 'lead.replied', 10), ('https://blue.test/leads', 'lead.replied', 10)
  $$,
  'each that listens, and no other client''s'
);
select is((select count(*) from outbound.job_queue), 4::bigint, 'one job each');
select is((select count(*) from shared.processed_events where consumer_name = 'webhooks'), 2::bigint, 'it is noted');
select is(
  (select count(distinct q.limit_key) from outbound.job_queue q), 4::bigint, 'each endpoint has its own allowance'
);

select * from finish();
rollback;
