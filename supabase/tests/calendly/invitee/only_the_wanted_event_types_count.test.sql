begin;
select plan(5);

select tests.endpoint('calendly');
update integrations.webhook_endpoints set settings = '{"event_types": ["type/demo", "type/intro"]}';
select is(tests.calendly('invitee.created', '2026-03-05 10:00Z'), 'processed', 'wanted');
select is(
  tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"uri": "invitee/2",
    "scheduled_event": {"event_type": "type/interview"}}'),
  'ignored',
  'a colleague''s'
);
select is((select count(*) from public.calendly_invitees), 1::bigint, 'no trace of it');
select is(
  tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"uri": "invitee/3",
    "scheduled_event": {"event_type": null}}'),
  'processed',
  'one that is not told is better kept'
);
update integrations.webhook_endpoints set settings = '{"event_types": []}';
select is(
  tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"uri": "invitee/4",
    "scheduled_event": {"event_type": "type/interview"}}'),
  'processed',
  'an empty list wants all'
);

select * from finish();
rollback;
