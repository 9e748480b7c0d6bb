begin;
select plan(3);

select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-06 09:00Z', '{"reply": {"id": 3002}}');
select tests.bison('LEAD_INTERESTED', '2026-03-03 09:00Z', '{"reply": {"id": 3000}}');
select results_eq(
  'select date, interested from public.campaign_reporting_current where interested <> 0',
  $$values (date '2026-03-03', 1::numeric)$$,
  'at the first'
);
select results_eq(
  'select engaged_at, last_contact from public.engaged_leads',
  $$values (timestamptz '2026-03-03 09:00Z', timestamptz '2026-03-06 09:00Z')$$, 'the engaged lead knows both ends'
);
select is((select count(*) from public.engaged_leads), 1::bigint, 'it is one');

select * from finish();
rollback;
