begin;
select plan(2);

select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03 09:00Z');
select tests.calendly('invitee.created', '2026-03-05 10:00Z');
select results_eq(
  'select unsubscribed, unsubscribed_at from public.engaged_leads', $$values (false, timestamptz '2026-03-03 09:00Z')$$,
  'booked later'
);
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-06 09:00Z');
select is((select unsubscribed from public.engaged_leads), true, 'and unsubscribed again');

select * from finish();
rollback;
