begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Blue');
insert into outbound.webhooks (id, team_id, url, events)
select 'e0000000-0000-4000-8000-000000000001', t.team_id, 'https://acme.test/', '{deal.lost}'
from integrations.tenants t
where t.business = 'Acme';
create temp table event as
select client, private.emit_event('deal.won', client, 'deal', gen_random_uuid(), '{}') as id
from unnest(array['Acme', 'Blue']) as client;
select shared.relay_outbox();
grant select on event to authenticated;

create function pg_temp.replay() returns integer language sql as $$
  select integrations.replay_deliveries('e0000000-0000-4000-8000-000000000001', array(select id from event))
$$;
grant execute on function pg_temp.replay() to authenticated;
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok('select pg_temp.replay()', 'MR001', null, 'a member may not, and is told no more than a stranger');
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select is(pg_temp.replay(), 1, 'staff may: the events of the endpoint''s client');
select is(pg_temp.replay(), 1, 'twice');
select throws_ok(
  $$select integrations.replay_deliveries(gen_random_uuid(), '{}')$$, 'MR001', null, 'an unknown endpoint is an error'
);
select is(integrations.replay_deliveries('e0000000-0000-4000-8000-000000000001', '{}'), 0, 'none are none');
select tests.clear();
select is(
  (select array_agg(q.payload) from outbound.job_queue q),
  (
    select array[jsonb_build_object('endpoint_id', 'e0000000-0000-4000-8000-000000000001', 'event_id', e.id)]
    from event e
    where e.client = 'Acme'
  ),
  'one job waits, whoever asks twice'
);
select is((select q.max_attempts from outbound.job_queue q), 10, 'with all its attempts');

select outbound.record_delivery(
  'e0000000-0000-4000-8000-000000000001', e.id, 1, 10, case e.client when 'Acme' then 500 else 200 end, '', 1
)
from event e;
select is(
  integrations.replay_failed_deliveries('e0000000-0000-4000-8000-000000000001', now() - interval '1 hour'), 1,
  'or all that were tried and not delivered'
);

select * from finish();
rollback;
