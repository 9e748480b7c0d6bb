begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"lead": {"email": " Casey@Fabrikam.TEST"}}');
select tests.bison('EMAIL_SENT', '2026-03-03 10:00Z', '{"lead": {"email": "casey@fabrikam.test "}}');
select results_eq(
  'select email, emails_sent from public.all_leads', $$values ('casey@fabrikam.test', 2)$$,
  'capitals and blanks do not matter'
);
select is((select sum(total_leads_contacted) from public.campaign_reporting_current), 1::numeric, 'one contact');

select * from finish();
rollback;
