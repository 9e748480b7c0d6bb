begin;
select plan(1);

select tests.calendly('invitee.canceled', '2026-03-06 10:00Z', '{"status": null, "cancellation": null}');
select results_eq(
  'select status, canceled_at from public.meetings_booked', $$values ('canceled', timestamptz '2026-03-06 10:00Z')$$,
  'also when the body does not say so'
);

select * from finish();
rollback;
