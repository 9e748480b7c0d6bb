begin;
select plan(2);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select tests.calendly('invitee.created', '2026-03-06 10:00Z',
  '{"uri": "invitee/2", "old_invitee": "invitee/1", "scheduled_event": {"start_time": "2026-03-24T15:00Z"}}');
select results_eq(
  'select status, meeting_date, reschedule_count from public.meetings_booked',
  $$values ('booked', timestamptz '2026-03-24 15:00Z', 1)$$, 'moved'
);
select tests.calendly('invitee.canceled', '2026-03-06 10:00Z',
  '{"created_at": "2026-03-05T10:00Z", "rescheduled": true, "new_invitee": "invitee/2"}');
select results_eq(
  'select status, meeting_date, reschedule_count, canceled_at from public.meetings_booked',
  $$values ('booked', timestamptz '2026-03-24 15:00Z', 1, null::timestamptz)$$, 'the end of the old one changes nothing'
);

select * from finish();
rollback;
