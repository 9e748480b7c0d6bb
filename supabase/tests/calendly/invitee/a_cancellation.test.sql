begin;
select plan(4);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select tests.calendly('invitee.canceled', '2026-03-06 10:00Z', '{"created_at": "2026-03-05T10:00Z"}');
select results_eq(
  'select status, canceled_at, cancel_reason, meeting_date, created_time from public.meetings_booked',
  $$values ('canceled', timestamptz '2026-03-06 10:00Z', 'Travelling', timestamptz '2026-03-20 15:00Z',
    timestamptz '2026-03-05 10:00Z')$$,
  'the meeting'
);
select results_eq(
  'select meeting_booked, last_contact from public.engaged_leads', $$values (false, timestamptz '2026-03-06 10:00Z')$$,
  'the engaged lead'
);
select results_eq(
  'select canceler_type, cancel_reason from public.calendly_invitees', $$values ('invitee', 'Travelling')$$,
  'the booking'
);
select is((select status from public.crm_contacts), 'hot', 'who booked is interested all the same');

select * from finish();
rollback;
