begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
insert into outbound.webhooks (id, team_id, url, events)
select 'e0000000-0000-4000-8000-000000000002', t.team_id, 'https://hook.test/', '{*}' from integrations.tenants t;
create temp table event as select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{}') as id;
select shared.relay_outbox();
create function pg_temp.gone() returns text language sql as $$
  select r.outcome
  from outbound.record_delivery(
    'e0000000-0000-4000-8000-000000000002', (select id from event), 1, 10, 410, '', 5, 'It answered 410.'
  ) as r
$$;

select is(pg_temp.gone(), 'disabled', '410 is final');
select is((select w.disabled_reason from outbound.webhooks w), 'It answered 410 Gone.', 'the reason is kept');
select isnt(pg_temp.gone(), 'delivered', 'an attempt that was under way meanwhile changes nothing');
select is(
  (select count(*) from shared.outbox_events e where e.event_type = 'webhook.disabled'), 1::bigint, 'it is told once'
);
select * from finish();
rollback;
