begin;
select plan(9);

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

select results_eq(
  'select e.meeting_date, e.meeting_link, e.rescheduling_link, c.meeting_date, c.meeting_link, c.rescheduling_link
   from public.engaged_leads e, public.crm_contacts c',
  $$values (null::timestamptz, null, null, null::timestamptz, null, null)$$, 'neither of them shows it any more'
);

-- What a person agreed on since then.
select public.mark_engaged_lead(id, 'meeting_booked') from public.engaged_leads;
update public.engaged_leads set meeting_date = '2026-04-01 10:00Z';
select tests.bison('LEAD_REPLIED', '2026-03-08 10:00Z');
select results_eq(
  'select e.meeting_booked, e.meeting_date, c.meeting_date from public.engaged_leads e, public.crm_contacts c',
  $$values (true, timestamptz '2026-04-01 10:00Z', timestamptz '2026-04-01 10:00Z')$$,
  'another meeting, by a person, stays whatever the lead does'
);
select tests.calendly('invitee.created', '2026-03-09 10:00Z', '{"uri": "invitee/2"}');
select public.mark_engaged_lead(id, 'meeting_booked', false) from public.engaged_leads;
select tests.bison('LEAD_REPLIED', '2026-03-10 10:00Z', '{"reply": {"id": 3002}}');
select is((select meeting_booked from public.engaged_leads), false, 'as does one that a person took back');
select tests.calendly('invitee.created', '2026-03-11 10:00Z', '{"uri": "invitee/3", "old_invitee": "invitee/2"}');
select is((select meeting_booked from public.engaged_leads), true, 'until Calendly tells of another');
update public.crm_contacts set meeting_date = '2026-05-01 10:00Z';
select tests.calendly('invitee.canceled', '2026-03-12 10:00Z', '{"uri": "invitee/2"}');
select tests.calendly('invitee.canceled', '2026-03-12 10:00Z', '{"uri": "invitee/3"}');
select is(
  (select meeting_date from public.crm_contacts), '2026-05-01 10:00Z', 'a date that a person set in the contact stays'
);

select * from finish();
rollback;
