begin;
select plan(1);

select tests.calendly('invitee.created', '2026-03-05 10:00Z', p_client => 'Acme');
select tests.calendly('invitee.canceled', '2026-03-06 10:00Z', p_client => 'Other');
select results_eq(
  'select client, status from public.meetings_booked order by 1', $$values ('Acme', 'booked'), ('Other', 'canceled')$$,
  'each its own'
);

select * from finish();
rollback;
