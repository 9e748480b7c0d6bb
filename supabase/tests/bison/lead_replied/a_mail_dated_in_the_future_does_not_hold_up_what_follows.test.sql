begin;
select plan(3);

select tests.bison('LEAD_INTERESTED', '2026-03-02 10:00Z', '{"reply": {"date_received": "2099-01-01T00:00Z"}}');
select results_eq(
  'select received_at, date_received from public.replies',
  $$values (timestamptz '2026-03-02 10:00Z', date '2026-03-02')$$,
  'it came when EmailBison had it'
);
select tests.bison('LEAD_REPLIED', '2026-03-03 10:00Z', '{"reply": {"id": 3002, "date_received": "infinity"}}');
select is((select last_contact from public.engaged_leads), '2026-03-03 10:00Z', 'the next reply is the newer one');
select is(
  (select max(date) from public.campaign_reporting_current), '2026-03-03', 'no day of the far future is counted'
);

select * from finish();
rollback;
