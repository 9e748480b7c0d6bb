begin;
select plan(11);

insert into public."Clients" ("Business") values ('Acme'), ('Blue');
insert into outbound.webhooks (team_id, url, events)
select t.team_id, 'https://' || lower(t.business) || '.test/', '{*}' from integrations.tenants t;
insert into shared.webhook_subscriptions (tenant_id, name, url, events)
select t.tenant_id, t.business, 'https://sub.' || lower(t.business) || '.test/', '{*}' from integrations.tenants t;
select private.emit_event('deal.won', client, 'deal', gen_random_uuid(), '{}') from unnest(array['Acme', 'Blue']) as client;
select shared.relay_outbox();
select outbound.record_delivery(
  (q.payload ->> 'endpoint_id')::uuid, (q.payload ->> 'event_id')::uuid, 1, 10, 200, '', 1
)
from outbound.job_queue q;

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select is((select array_agg(w.url) from outbound.webhooks w), array['https://acme.test/'], 'their webhooks');
select is((select array_agg(s.name) from shared.webhook_subscriptions s), array['Acme'], 'their subscriptions');
select is((select count(*) from outbound.webhook_logs), 1::bigint, 'their attempts');
select is((select count(*) from shared.webhook_subscription_logs), 1::bigint, 'of both kinds');
select is((select count(*) from integrations.delivery_attempts), 2::bigint, 'through the view, too');
select is((select array_agg(distinct e.client) from integrations.event_endpoints e), array['Acme'], 'and its like');
select throws_ok('select secret from outbound.webhooks', '42501', null, 'no secret');
select throws_ok('select headers from shared.webhook_subscriptions', '42501', null, 'no header');
update outbound.webhooks set url = 'https://evil.test/';
select tests.clear();
select is(
  (select count(*) from outbound.webhooks w where w.url = 'https://evil.test/'), 0::bigint, 'a member changes nothing'
);
select tests.authenticate_as(tests.create_user('manager'));
update outbound.webhooks set url = 'https://new.test/' where url = 'https://acme.test/';
select is((select count(*) from outbound.webhooks w where w.url = 'https://new.test/'), 1::bigint, 'staff do');
select is((select count(*) from integrations.delivery_attempts), 4::bigint, 'and see all');

select * from finish();
rollback;
