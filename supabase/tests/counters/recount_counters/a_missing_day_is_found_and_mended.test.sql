begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select private.fold_counters();
delete from public.campaign_reporting;
select results_eq(
  'select table_name, row_id, counter, stored, recounted from private.recount_counters() order by counter collate "C"',
  $$values ('campaign_reporting', 'Acme 401 2026-03-02', 'emails_sent', 0::numeric, 1::numeric),
    ('campaign_reporting', 'Acme 401 2026-03-02', 'total_leads_contacted', 0, 1)$$,
  'it is named'
);
select private.recount_counters(p_apply => true);
select is((select emails_sent from public.campaign_reporting), 1::numeric, 'it is back');
select is_empty('select * from private.recount_counters()', 'and right');

select * from finish();
rollback;
