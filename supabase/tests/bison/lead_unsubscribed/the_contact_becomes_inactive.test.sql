begin;
select plan(5);

select tests.bison('LEAD_INTERESTED', '2026-03-02 09:00Z');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03 09:00Z');
select results_eq(
  'select unsubscribed, unsubscribed_at, last_contact from public.engaged_leads',
  $$values (true, timestamptz '2026-03-03 09:00Z', timestamptz '2026-03-03 09:00Z')$$, 'the engaged lead'
);
select is((select status from public.crm_contacts), 'inactive', 'the contact');
select is((select unsubscribed_at from public.all_leads), '2026-03-03 09:00Z', 'the campaign''s lead');
select results_eq(
  'select date, unsubscribed from public.campaign_reporting_current where unsubscribed <> 0',
  $$values (date '2026-03-03', 1::numeric)$$,
  'the campaign''s day'
);
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-04 09:00Z');
select is((select sum(unsubscribed) from public.campaign_reporting_current), 1::numeric, 'a lead unsubscribes once');

select * from finish();
rollback;
