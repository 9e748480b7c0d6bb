begin;
select plan(4);

insert into private.suppressed_people (address_hash) values (private.suppression_hash('gone@x.test'));
create temp table batch as
select jsonb_agg(
  jsonb_build_object(
    'endpoint_id', tests.endpoint('bison'), 'delivery_key', d.key, 'event_type', d.type, 'occurred_at', null,
    'payload', jsonb_build_object('data', jsonb_build_object(
      'campaign', '{"id": 7, "name": "Spring"}'::jsonb, 'lead', jsonb_build_object('email', d.email)
    ))
  )
  order by d.key
) as deliveries
from (
  values
    ('a', 'EMAIL_SENT', 'here@x.test'), ('b', 'EMAIL_SENT', 'Gone@x.test '), ('c', 'EMAIL_SENT', 'there@x.test'),
    ('d', 'UNKNOWN', 'gone@x.test'), ('e', 'UNKNOWN', 'here@x.test')
) as d (key, type, email);

select is(
  (
    select array_agg(a.answer ->> 'outcome' order by a.n)
    from batch b, jsonb_array_elements(integrations.receive_webhooks(b.deliveries)) with ordinality as a (answer, n)
  ),
  '{processed,ignored,processed,ignored,ignored}', 'each has its own outcome'
);
select results_eq(
  'select delivery_key, event_type, payload is null from integrations.webhook_events order by delivery_key',
  $$
    values ('a', 'EMAIL_SENT', false), ('b', 'suppressed', true), ('c', 'EMAIL_SENT', false),
      ('d', 'suppressed', true), ('e', 'UNKNOWN', false)
  $$,
  'only theirs are emptied'
);
select results_eq(
  'select email from public.all_leads order by email', $$values ('here@x.test'), ('there@x.test')$$,
  'they are no lead'
);
select is(
  (
    select array_agg(distinct a.answer ->> 'outcome')
    from batch b, jsonb_array_elements(integrations.receive_webhooks(b.deliveries)) as a (answer)
  ),
  '{duplicate}', 'a repeat is known as one'
);

select * from finish();
rollback;
