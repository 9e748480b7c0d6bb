begin;
select plan(8);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Acme');
select private.fold_counters();
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Birch');
select tests.calendly('invitee.created', '2026-03-02 11:00Z', p_client => 'Birch');
create temp table users as
select tests.create_user('viewer') as staff, tests.create_user('viewer', 'Birch') as birch, gen_random_uuid() as nobody;
grant select on users to authenticated;

select tests.authenticate_as((select staff from users));
select results_eq(
  $$select client, actual from public.report_quick_view(null, '2026-03-02', '2026-03-02') where metric = 'emails'$$,
  $$values ('Acme', 1::numeric), ('Birch', 1)$$, 'the agency sees all'
);
select results_eq(
  $$select amount from public.report_funnel(null, '2026-03-02', '2026-03-02') where step = 'emails_sent'$$,
  $$values (2::numeric)$$, 'added up'
);
select tests.authenticate_as((select birch from users));
select results_eq(
  $$select client, metric, actual from public.report_quick_view(null, '2026-03-02', '2026-03-02') where actual > 0$$,
  $$values ('Birch', 'emails', 1::numeric), ('Birch', 'prospects', 1), ('Birch', 'meetings', 1)$$,
  'a client its own figures, pending ones too'
);
select is_empty($$select * from public.report_quick_view('Acme', '2026-03-02', '2026-03-02')$$, 'and no other''s');
select results_eq(
  $$select amount from public.report_funnel(null, '2026-03-02', '2026-03-02') where step = 'emails_sent'$$,
  $$values (1::numeric)$$, 'also where they are added up'
);
select results_eq(
  $$select emails_sent from public.report_rollup(null, 'day', 'total', '2026-03-02', '2026-03-02')$$,
  $$values (1::numeric)$$, 'or rolled up'
);
select is_empty($$select * from public.report_step_comparison('Acme', 401)$$, 'or compared');
select tests.authenticate_as((select nobody from users));
select is_empty($$select * from public.report_quick_view(null, '2026-03-02', '2026-03-02')$$, 'nobody sees nothing');

select * from finish();
rollback;
