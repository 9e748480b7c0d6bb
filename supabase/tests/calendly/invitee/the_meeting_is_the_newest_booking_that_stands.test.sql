begin;
select plan(3);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select tests.calendly('invitee.created', '2026-03-07 10:00Z', '{"uri": "invitee/2",
  "scheduled_event": {"start_time": "2026-03-24T15:00Z"}}');
select results_eq(
  'select invitee_uri, created_time from public.meetings_booked',
  $$values ('invitee/2', timestamptz '2026-03-07 10:00Z')$$, 'two stand: the newer'
);
select tests.calendly('invitee.canceled', '2026-03-08 10:00Z', '{"uri": "invitee/2",
  "created_at": "2026-03-07T10:00Z"}');
select results_eq(
  'select invitee_uri, status from public.meetings_booked', $$values ('invitee/1', 'booked')$$, 'one stands: that one'
);
select tests.calendly('invitee.canceled', '2026-03-09 10:00Z', '{"created_at": "2026-03-05T10:00Z"}');
select results_eq(
  'select invitee_uri, status from public.meetings_booked', $$values ('invitee/2', 'canceled')$$,
  'none stands: the newer, canceled'
);

select * from finish();
rollback;
