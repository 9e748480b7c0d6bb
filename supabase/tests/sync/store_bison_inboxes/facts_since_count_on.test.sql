begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00:05Z', '{"lead": {"email": "kim@fabrikam.test", "id": 5002}}');
select private.fold_counters();
select private.store_bison_inboxes(
  jsonb_populate_record(null::integrations.sync_cursors, '{"client": "Acme"}'),
  '[{"id": 66, "name": "Robin", "email": "robin@acme-mail.test", "status": "Connected", "emails_sent_count": 100,
    "total_replied_count": 0, "total_opened_count": 0, "unsubscribed_count": 0, "bounced_count": 0,
    "unique_replied_count": 0, "unique_opened_count": 0, "total_leads_contacted_count": 60,
    "interested_leads_count": 0, "tags": []}]',
  '2026-03-02 10:00Z'
);
select results_eq(
  'select emails_sent_count, total_leads_contacted_count from public.inboxes', $$values (101, 61)$$,
  'a fact from after the page was asked for, folded before it was stored, is on top'
);
select tests.bison('EMAIL_SENT', '2026-03-02 09:59Z', '{"lead": {"email": "kim@fabrikam.test", "id": 5002}}');
select private.fold_counters();
select results_eq(
  'select emails_sent_count, total_leads_contacted_count from public.inboxes', $$values (101, 60)$$,
  'a late earlier one is in the totals, and with it the contact that was counted again'
);
select results_eq(
  'select emails_sent_count, total_leads_contacted_count from public.inboxes_current', $$values (101, 60)$$,
  'both agree'
);
select is_empty('select * from private.recount_counters()', 'and so does a recount');

select * from finish();
rollback;
