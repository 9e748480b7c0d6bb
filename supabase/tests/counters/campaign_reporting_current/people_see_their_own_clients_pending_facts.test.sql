begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Acme');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Other');
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select results_eq(
  'select client, emails_sent from public.campaign_reporting_current', $$values ('Acme', 1::numeric)$$, 'campaigns'
);
select results_eq('select client, emails_sent_count from public.inboxes_current', $$values ('Acme', 1)$$, 'inboxes');
select results_eq('select client, sent_count from public.campaign_step_stats', $$values ('Acme', 1::bigint)$$, 'steps');
select tests.clear();
select tests.as_role('anon');
select throws_ok('select * from public.campaign_reporting_current', '42501', null, 'anon sees nothing');

select * from finish();
rollback;
