begin;
select plan(3);

select tests.calendly('invitee.canceled', '2026-03-06 10:00Z', '{"created_at": "2026-03-05T10:00Z"}');
select results_eq(
  'select status, created_time from public.meetings_booked', $$values ('canceled', timestamptz '2026-03-05 10:00Z')$$,
  'known by it alone'
);
select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select results_eq(
  'select status, count(*) over () from public.meetings_booked', $$values ('canceled', 1::bigint)$$,
  'the booking that follows changes nothing'
);
select results_eq(
  'select canceled_at from public.calendly_invitees', $$values (timestamptz '2026-03-06 10:00Z')$$, 'it stays canceled'
);

select * from finish();
rollback;
