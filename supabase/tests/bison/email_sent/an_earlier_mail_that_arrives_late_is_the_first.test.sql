begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-05 10:00Z', '{"sender_email": {"id": 67}}');
select private.fold_counters();
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select results_eq(
  'select date, emails_sent, total_leads_contacted from public.campaign_reporting_current order by date',
  $$values (date '2026-03-02', 1::numeric, 1::numeric), ('2026-03-05', 1, 0)$$, 'the contact counts on its day'
);
select results_eq(
  'select bison_inbox_id, emails_sent_count, total_leads_contacted_count from public.inboxes_current order by 1',
  'values (66, 1, 1), (67, 1, 0)', 'and for its inbox'
);
select results_eq(
  'select emails_sent, first_contacted_at, last_event_at from public.all_leads',
  $$values (2, timestamptz '2026-03-02 10:00Z', timestamptz '2026-03-05 10:00Z')$$, 'the lead says the same'
);

select * from finish();
rollback;
