begin;
select plan(2);

select tests.bison('MANUAL_EMAIL_SENT', '2026-03-04 09:00Z');
select results_eq(
  'select email, emails_sent, replies, last_event_at from public.all_leads',
  $$values ('casey@fabrikam.test', 0, 0, timestamptz '2026-03-04 09:00Z')$$, 'as a lead without figures'
);
select is((select count(*) from public.engaged_leads), 0::bigint, 'nobody is engaged by our own mail');

select * from finish();
rollback;
