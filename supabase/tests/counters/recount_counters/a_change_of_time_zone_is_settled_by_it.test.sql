begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-03 03:00Z');
select private.fold_counters();
update integrations.tenants set time_zone = 'America/New_York';
select tests.bison('EMAIL_SENT', '2026-03-02 12:00Z');
select private.fold_counters();
select isnt_empty(
  'select * from private.recount_counters()', 'a unit was taken back from another day than it was given to'
);
select private.recount_counters(p_apply => true);
select results_eq(
  'select date, emails_sent, total_leads_contacted from public.campaign_reporting where emails_sent > 0 order by date',
  $$values (date '2026-03-02', 1::numeric, 1::numeric), ('2026-03-03', 1, 0)$$,
  'past days stay days of the old zone, and every lead counts once'
);
select is_empty('select * from private.recount_counters()', 'all agrees');

select * from finish();
rollback;
