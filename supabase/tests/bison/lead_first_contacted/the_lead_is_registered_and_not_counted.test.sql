begin;
select plan(3);

select tests.bison('LEAD_FIRST_CONTACTED', '2026-03-02 10:00Z');
select results_eq(
  'select email, emails_sent, first_contacted_at, last_event_at from public.all_leads',
  $$values ('casey@fabrikam.test', 0, null::timestamptz, timestamptz '2026-03-02 10:00Z')$$, 'it is there'
);
select is((select count(*) from private.pending_events), 0::bigint, 'EMAIL_SENT of the same mail counts it');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select results_eq('select emails_sent, count(*) over () from public.all_leads', 'values (1, 1::bigint)', 'once');

select * from finish();
rollback;
