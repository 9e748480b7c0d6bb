begin;
select plan(6);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 11:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 12:00Z');
select tests.bison('LEAD_REPLIED', '2026-03-02 13:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-02 13:00Z');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-02 14:00Z');
select tests.bison('EMAIL_BOUNCED', '2026-03-02 15:00Z', '{"reply": {"id": 9}}');

select is(private.fold_counters(), 7, 'seven facts');
select results_eq(
  $$select client, campaign_id, date, campaign_name, emails_sent, total_leads_contacted, opened,
    unique_opens_per_contact,
    unique_replies_per_contact, bounced, unsubscribed, interested from public.campaign_reporting$$,
  $$values ('Acme', 401, date '2026-03-02', 'Spring', 1::numeric, 1::numeric, 2::numeric, 1::numeric, 1::numeric,
    1::numeric,
    1::numeric, 1::numeric)$$,
  'the campaign''s day'
);
select results_eq(
  $$select emails_sent_count, total_leads_contacted_count, total_opened_count, unique_opened_count, total_replied_count,
    unique_replied_count, bounced_count, unsubscribed_count, interested_leads_count from public.inboxes$$,
  'values (1, 1, 2, 1, 1, 1, 1, 1, 1)', 'the inbox'
);
select results_eq(
  $$select opened_percentage, unique_opens_per_contact_percentage, bounced_percentage from public.campaign_reporting$$,
  'values (200.00, 100.00, 100.00)', 'the rates follow'
);
select results_eq(
  'select kind collate "C", event_date from public.campaign_events group by 1, 2 order by 1',
  $$values ('bounced' collate "C", date '2026-03-02'), ('interested', '2026-03-02'), ('opened', '2026-03-02'),
    ('replied', '2026-03-02'), ('sent', '2026-03-02'), ('unsubscribed', '2026-03-02')$$,
  'the facts are kept'
);
select results_eq(
  'select count(*), private.fold_counters() from private.pending_events', 'values (0::bigint, 0)',
  'nothing is left or counted twice'
);

select * from finish();
rollback;
