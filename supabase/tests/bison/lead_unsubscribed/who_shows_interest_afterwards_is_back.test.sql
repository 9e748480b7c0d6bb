begin;
select plan(4);

select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03 09:00Z');
select is((select count(*) from public.engaged_leads), 0::bigint, 'an unsubscribe engages nobody');
select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z');
select results_eq(
  'select unsubscribed, unsubscribed_at from public.engaged_leads', $$values (false, timestamptz '2026-03-03 09:00Z')$$,
  'back'
);
select is((select status from public.crm_contacts), 'hot', 'hot');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-05 09:00Z');
select is((select status from public.crm_contacts), 'inactive', 'until the next unsubscribe');

select * from finish();
rollback;
