begin;
select plan(3);

create function pg_temp.told() returns text[] language sql as $$
  select array_agg(e.event_type || ' ' || (e.event_data ->> 'inbox_id') order by e.position)
  from shared.outbox_events e
  where e.aggregate_type = 'inbox'
$$;
select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), null, 'a new inbox is not');
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-03T14:00:00Z');
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-03T14:00:00Z');
select tests.bison('EMAIL_ACCOUNT_RECONNECTED', '2026-03-04T14:00:00Z');
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-03T15:00:00Z');
select is(pg_temp.told(), array['inbox.disconnected 66', 'inbox.reconnected 66'], 'each change of state, once');
select tests.bison('EMAIL_ACCOUNT_REMOVED', '2026-03-05T14:00:00Z');
select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-06T14:00:00Z');
select is(cardinality(pg_temp.told()), 2, 'one that was removed was not disconnected');

select * from finish();
rollback;
