begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-04 10:00Z', '{"sender_email": {"id": 67}}');
select tests.bison('EMAIL_OPENED', '2026-03-05 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-03 10:00Z');
select results_eq(
  'select date, opened, unique_opens_per_contact from public.campaign_reporting_current where opened > 0 order by date',
  $$values (date '2026-03-03', 1::numeric, 1::numeric), ('2026-03-04', 1, 0), ('2026-03-05', 1, 0)$$, 'days'
);
select results_eq(
  'select bison_inbox_id, total_opened_count, unique_opened_count from public.inboxes_current order by 1',
  'values (66, 2, 1), (67, 1, 0)', 'inboxes'
);
select results_eq('select opens, unique_opens from public.all_leads', 'values (3, 1)', 'the lead');

select * from finish();
rollback;
