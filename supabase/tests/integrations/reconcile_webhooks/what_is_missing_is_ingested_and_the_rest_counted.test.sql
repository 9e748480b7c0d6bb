begin;
select plan(3);

create temp table page as
select jsonb_agg(jsonb_build_object(
  'delivery_key', 'key ' || i, 'event_type', 'EMAIL_SENT', 'occurred_at',
  timestamptz '2026-03-02 10:00Z' + i * interval '1 min',
  'payload', jsonb_build_object('event', jsonb_build_object('type', 'EMAIL_SENT'), 'data', jsonb_build_object(
    'campaign', jsonb_build_object('id', 401), 'lead', jsonb_build_object('id', i, 'email', i || '@fabrikam.test')
  ))
)) as events
from generate_series(1, 3) i;

select tests.bison('EMAIL_SENT', '2026-03-02 10:02Z', p_key => 'key 2');
select results_eq(
  $$select r.ingested, r.known, r.failed
    from page, integrations.reconcile_webhooks(tests.endpoint('bison'), page.events) r$$,
  'values (2, 1, 0)', 'two were missing'
);
select results_eq(
  $$select r.ingested, r.known, r.failed
    from page, integrations.reconcile_webhooks(tests.endpoint('bison'), page.events) r$$,
  'values (0, 3, 0)', 'a second run finds them all'
);
select results_eq(
  $$select delivery_key, occurred_at, duplicate_count from integrations.webhook_inbox
    where delivery_key <> 'key 2' order by 1$$,
  $$values ('key 1', timestamptz '2026-03-02 10:01Z', 0), ('key 3', '2026-03-02 10:03Z', 0)$$,
  'under the keys that a webhook would have, and no repetition is counted'
);

select * from finish();
rollback;
