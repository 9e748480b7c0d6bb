begin;
select plan(8);

create function pg_temp.told() returns text[] language sql as $$
  select array_agg(e.event_type::text order by e.position) from shared.outbox_events e where e.event_type like 'meeting.%'
$$;
select tests.calendly('invitee.created', '2026-03-02T14:00:00Z');
select tests.calendly('invitee.created', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), array['meeting.booked'], 'a booking is told once');
select is(
  (select e.event_data - '{starts_at,ends_at}'::text[] from shared.outbox_events e where e.event_type = 'meeting.booked'),
  jsonb_build_object(
    'email', 'casey@fabrikam.test', 'name', 'Casey Morgan', 'meeting_name', 'Introduction', 'link', 'https://meet.test/1',
    'booking', 'invitee/1', 'moved_from', null, 'canceled_at', null, 'cancel_reason', null
  ),
  'with what it says'
);
select tests.calendly('invitee_no_show.created', '2026-03-20T15:10:00Z');
select tests.calendly('invitee_no_show.created', '2026-03-20T15:10:00Z');
select is(pg_temp.told(), array['meeting.booked', 'meeting.no_show'], 'a no-show is told once');
select tests.calendly('invitee_no_show.deleted', '2026-03-20T15:20:00Z');
select is((pg_temp.told())[3:], array['meeting.no_show_removed'], 'so is its removal');
select tests.calendly('invitee_no_show.created', '2026-03-20T15:15:00Z');
select is(cardinality(pg_temp.told()), 3, 'an older mark that arrives late marks nothing');
select tests.calendly('invitee_no_show.created', '2026-03-20T15:30:00Z');
select is((pg_temp.told())[4:], array['meeting.no_show'], 'a new mark does');
select tests.calendly('invitee.canceled', '2026-03-21T09:00:00Z');
select tests.calendly('invitee.canceled', '2026-03-21T09:00:00Z');
select is((pg_temp.told())[5:], array['meeting.canceled'], 'a cancellation is told once');
select tests.calendly('invitee.created', '2026-03-02T14:00:00Z', '{}', 'Blue');
select is((pg_temp.told())[6:], array['meeting.booked'], 'clients do not share bookings');

select * from finish();
rollback;
