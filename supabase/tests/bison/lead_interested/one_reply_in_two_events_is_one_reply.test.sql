begin;
select plan(3);

select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z', '{"reply": {"date_received": "2026-03-03T09:00Z"}}');
select tests.bison('LEAD_REPLIED', '2026-03-03 09:00Z');
select results_eq(
  'select count(*), min(interested_at) from public.replies', $$values (1::bigint, timestamptz '2026-03-04 09:00Z')$$,
  'one row'
);
select results_eq(
  'select replies, first_reply_date, engaged_date from public.all_leads',
  $$values (1, timestamptz '2026-03-03 09:00Z', timestamptz '2026-03-04 09:00Z')$$, 'one reply of the lead'
);
select results_eq('select count(*) from public.engaged_leads', 'values (1::bigint)', 'one engaged lead');

select * from finish();
rollback;
