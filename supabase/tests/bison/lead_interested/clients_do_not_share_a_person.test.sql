begin;
select plan(2);

select tests.bison('LEAD_INTERESTED', '2026-03-02 09:00Z', p_client => 'Acme');
select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z', p_client => 'Other');
select results_eq('select client from public.engaged_leads', $$values ('Acme')$$, 'engaged with one');
select results_eq(
  'select client, engaged from public.all_leads order by 1', $$values ('Acme', true), ('Other', null)$$,
  'contacted by the other'
);

select * from finish();
rollback;
