begin;
select plan(5);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select tests.calendly('invitee_no_show.created', '2026-03-20 16:00Z', '{"created_at": "2026-03-05T10:00Z",
  "no_show": {"uri": "no_show/1"}}');
select is((select status from public.meetings_booked), 'no_show', 'marked');
select tests.calendly('invitee_no_show.deleted', '2026-03-20 17:00Z', '{"created_at": "2026-03-05T10:00Z"}');
select is((select status from public.meetings_booked), 'booked', 'unmarked');
select tests.calendly('invitee_no_show.created', '2026-03-20 18:00Z', '{"created_at": "2026-03-05T10:00Z",
  "no_show": {"uri": "no_show/2"}}');
select is((select status from public.meetings_booked), 'no_show', 'marked again');
select tests.calendly('invitee_no_show.deleted', '2026-03-20 17:00Z', '{"created_at": "2026-03-05T10:00Z"}');
select is((select status from public.meetings_booked), 'no_show', 'an older removal changes nothing');
select is((select meeting_booked from public.engaged_leads), true, 'the meeting was booked all the same');

select * from finish();
rollback;
