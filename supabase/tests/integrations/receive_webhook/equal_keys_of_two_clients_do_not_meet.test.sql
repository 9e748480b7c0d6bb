begin;
select plan(3);

select is(
  tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Acme', p_key => 'key 1'), 'processed', 'one client'
);
select is(
  tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Other', p_key => 'key 1'), 'processed', 'another'
);
select results_eq(
  'select client, emails_sent from public.all_leads order by client',
  $$values ('Acme', 1), ('Other', 1)$$,
  'each has its own effect'
);

select * from finish();
rollback;
