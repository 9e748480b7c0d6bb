begin;
select plan(3);

select tests.bison('LEAD_REPLIED', '2026-03-05 10:00Z', '{"sender_email": {"id": 67}}');
select private.fold_counters();
select tests.bison('LEAD_REPLIED', '2026-03-04 10:00Z', '{"reply": {"id": 3000}}');
select results_eq(
  'select replies, unique_replies, first_reply_date from public.all_leads',
  $$values (2, 1, timestamptz '2026-03-04 10:00Z')$$, 'the lead'
);
select results_eq(
  'select date, unique_replies_per_contact from public.campaign_reporting_current order by date',
  $$values (date '2026-03-04', 1::numeric), ('2026-03-05', 0)$$, 'the campaign''s days'
);
select results_eq(
  'select bison_inbox_id, total_replied_count, unique_replied_count from public.inboxes_current order by 1',
  'values (66, 1, 1), (67, 1, 0)', 'the inboxes'
);

select * from finish();
rollback;
