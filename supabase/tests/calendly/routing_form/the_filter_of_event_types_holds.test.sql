begin;
select plan(3);

select tests.endpoint('calendly');
update integrations.webhook_endpoints set settings = '{"event_types": ["type/intro"]}';
select is(
  tests.calendly('routing_form_submission.created', '2026-03-05 10:00Z', '{"result": {"type": "event_type",
    "value": "type/interview"}}'),
  'ignored', 'routed to a colleague''s event type'
);
select is(
  tests.calendly('routing_form_submission.created', '2026-03-05 10:00Z', '{"result": {"type": "external_url",
    "value": "https://x.test"}}'),
  'processed', 'routed elsewhere'
);
select throws_ok(
  $$select tests.calendly('routing_form_submission.created', '2026-03-05 10:00Z', '{"uri": null}')$$, 'P0001', null,
  'no uri'
);

select * from finish();
rollback;
