begin;
select plan(5);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', '{"reply": {"automated_reply": true}}');
select results_eq('select automated, category from public.replies', $$values (true, 'OOO')$$, 'as such');
select results_eq(
  'select replied, replies, first_reply_date, engaged from public.all_leads',
  'values (null::boolean, 0, null::timestamptz, null::boolean)', 'the lead has not replied'
);
select is((select count(*) from private.pending_events), 0::bigint, 'nothing is counted');
select tests.bison('LEAD_INTERESTED', '2026-03-02 11:00Z', '{"reply": {"automated_reply": true}}');
select is((select count(*) from public.engaged_leads), 0::bigint, 'nobody is engaged by it');
select is((select engaged from public.all_leads), null, 'also when it was marked interested');

select * from finish();
rollback;
