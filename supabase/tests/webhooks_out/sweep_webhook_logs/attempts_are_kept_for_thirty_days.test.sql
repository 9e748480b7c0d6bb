begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
insert into shared.webhook_subscriptions (tenant_id, name, url, events)
select t.tenant_id, 'x', 'https://sub.test/', '{*}' from integrations.tenants t;
insert into outbound.webhooks (team_id, url, events) select t.team_id, 'https://hook.test/', '{*}' from integrations.tenants t;
select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{}') from generate_series(1, 3);
select shared.relay_outbox();
select outbound.record_delivery(e.id, l.id, 1, 10, 200, '', 1)
from integrations.event_endpoints e, shared.domain_event_logs l;

select is((select deleted from private.sweep_webhook_logs()), 0, 'young ones stay');
select tests.set_clock(now() + interval '31 days');
select is(
  (select row(s.deleted, s.has_more)::text from private.sweep_webhook_logs(p_limit => 2) s), '(4,t)', 'two of each'
);
select is(
  (select row(s.deleted, s.has_more)::text from private.sweep_webhook_logs(p_limit => 2) s), '(2,f)', 'the rest'
);
select is((select count(*) from integrations.delivery_attempts), 0::bigint, 'none is left');

select * from finish();
rollback;
