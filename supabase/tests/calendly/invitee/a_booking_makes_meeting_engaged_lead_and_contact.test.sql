begin;
select plan(5);

select tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"questions_and_answers": [
  {"question": "Your phone?", "answer": "1", "position": 0}, {"question": "Which company?", "answer": " Fabrikam ",
    "position": 1}]}');
select results_eq(
  $$select client, email, full_name, first_name, last_name, company, company_domain, created_time, invitee_uri,
    event_uri,
    event_type_uri, meeting_name, meeting_date, meeting_end, meeting_link, rescheduling_link, cancel_link, status,
    canceled_at, reschedule_count from public.meetings_booked$$,
  $$values ('Acme', 'casey@fabrikam.test', 'Casey Morgan', 'Casey', 'Morgan', 'Fabrikam', 'fabrikam.test',
    timestamptz '2026-03-05 10:00Z', 'invitee/1', 'event/1', 'type/intro', 'Introduction',
    timestamptz '2026-03-20 15:00Z',
    timestamptz '2026-03-20 15:30Z', 'https://meet.test/1', 'https://calendly.test/move/1',
    'https://calendly.test/cancel/1',
    'booked', null::timestamptz, 0)$$, 'the meeting'
);
select results_eq(
  $$select email, full_name, lead_source, engaged, replied, meeting_booked, meeting_booked_at, meeting_date,
    meeting_link,
    rescheduling_link, last_contact, date_created from public.engaged_leads$$,
  $$values ('casey@fabrikam.test', 'Casey Morgan', 'calendly', true, false, true, timestamptz '2026-03-05 10:00Z',
    timestamptz '2026-03-20 15:00Z', 'https://meet.test/1', 'https://calendly.test/move/1',
    timestamptz '2026-03-05 10:00Z',
    date '2026-03-05')$$, 'the engaged lead'
);
select results_eq(
  $$select status, meeting_date, meeting_link, pipeline_progress ? 'meeting_booked' from public.crm_contacts$$,
  $$values ('hot', timestamptz '2026-03-20 15:00Z', 'https://meet.test/1', true)$$, 'the contact'
);
select results_eq(
  'select invitee_uri, email, time_zone, booked_at, canceled_at, rescheduled, no_show from public.calendly_invitees',
  $$values ('invitee/1', 'casey@fabrikam.test', 'Europe/Berlin', timestamptz '2026-03-05 10:00Z', null::timestamptz,
    false, false)$$,
  'the booking itself'
);
select is((select count(*) from public.all_leads), 0::bigint, 'no campaign has a lead by it');

select * from finish();
rollback;
