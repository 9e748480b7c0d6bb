begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select private.fold_counters();
select tests.bison('EMAIL_SENT', '2026-03-02 11:00Z');
select tests.bison('EMAIL_SENT', '2026-03-01 11:00Z');
select is_empty('select * from private.counter_differences()', 'a fact that is pending is no difference');
update public.all_leads set emails_sent = 1;
select results_eq(
  'select counter, stored, recounted from private.counter_differences()',
  $$values ('emails_sent', 1::numeric, 3::numeric)$$,
  'a lead counts it at once'
);
select private.fold_counters();
select results_eq(
  'select date, emails_sent, total_leads_contacted from public.campaign_reporting order by date',
  $$values (date '2026-03-01', 1::numeric, 1::numeric), ('2026-03-02', 2, 0)$$, 'its day when it is folded'
);

select * from finish();
rollback;
