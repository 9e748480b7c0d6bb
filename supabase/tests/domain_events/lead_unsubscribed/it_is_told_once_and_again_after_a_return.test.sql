begin;
select plan(7);

create function pg_temp.told() returns timestamptz[] language sql as $$
  select array_agg(e.occurred_at order by e.position)
  from shared.outbox_events e
  where e.event_type = 'lead.unsubscribed'
$$;
select tests.bison('MANUAL_EMAIL_SENT', '2026-03-01T14:00:00Z');
select is(pg_temp.told(), null, 'a mail by hand is no unsubscribe');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), array['2026-03-02T14:00:00Z']::timestamptz[], 'an unsubscribe is told');
select is(
  (select e.aggregate_id from shared.outbox_events e where e.event_type = 'lead.unsubscribed'),
  private.person_id('Acme', 'casey@fabrikam.test'), 'of the person'
);
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03T14:00:00Z', '{"campaign": {"id": 402}}');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-01T14:00:00Z', '{"campaign": {"id": 403}}');
select is(cardinality(pg_temp.told()), 1, 'once, in however many campaigns');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-02T14:00:00Z', '{}', 'Blue');
select is(cardinality(pg_temp.told()), 2, 'for each client');
select tests.bison('LEAD_INTERESTED', '2026-03-04T14:00:00Z');
select is(cardinality(pg_temp.told()), 2, 'who comes back');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-05T14:00:00Z');
select is((pg_temp.told())[3], '2026-03-05T14:00:00Z'::timestamptz, 'may leave again');

select * from finish();
rollback;
