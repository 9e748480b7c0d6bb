begin;
select plan(3);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select tests.calendly('invitee.canceled', '2026-03-06 10:00Z',
  '{"created_at": "2026-03-05T10:00Z", "rescheduled": true, "new_invitee": "invitee/2"}');
select results_eq(
  'select status, invitee_uri from public.meetings_booked', $$values ('booked', 'invitee/1')$$,
  'the new time is on its way'
);
select tests.calendly('invitee.created', '2026-03-06 10:00Z',
  '{"uri": "invitee/2", "old_invitee": "invitee/1", "scheduled_event": {"uri": "event/2",
    "start_time": "2026-03-24T15:00Z"}}');
select results_eq(
  'select status, invitee_uri, event_uri, meeting_date, created_time, reschedule_count, canceled_at,
    cancel_reason from public.meetings_booked',
  $$values ('booked', 'invitee/2', 'event/2', timestamptz '2026-03-24 15:00Z', timestamptz '2026-03-05 10:00Z', 1,
    null::timestamptz, null::text)$$,
  'moved, and booked when it was booked first'
);
select results_eq(
  'select meeting_booked, meeting_booked_at, meeting_date from public.engaged_leads',
  $$values (true, timestamptz '2026-03-05 10:00Z', timestamptz '2026-03-24 15:00Z')$$, 'the engaged lead'
);

select * from finish();
rollback;
