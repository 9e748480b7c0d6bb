begin;
select plan(2);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select tests.calendly('invitee.canceled', '2026-03-06 10:00Z',
  '{"created_at": "2026-03-05T10:00Z", "rescheduled": true, "new_invitee": "invitee/2"}');
select tests.calendly('invitee.created', '2026-03-06 10:00Z', '{"uri": "invitee/2", "old_invitee": "invitee/1",
  "email": "boss@fabrikam.test"}');
select results_eq(
  'select email, status, created_time, reschedule_count from public.meetings_booked order by 1',
  $$values ('boss@fabrikam.test', 'booked', timestamptz '2026-03-05 10:00Z', 1), ('casey@fabrikam.test', 'canceled',
    '2026-03-05 10:00Z', 0)$$,
  'the meeting is the other''s now'
);
select results_eq(
  'select email, meeting_booked from public.engaged_leads order by 1',
  $$values ('boss@fabrikam.test', true), ('casey@fabrikam.test', false)$$,
  'both are engaged leads'
);

select * from finish();
rollback;
