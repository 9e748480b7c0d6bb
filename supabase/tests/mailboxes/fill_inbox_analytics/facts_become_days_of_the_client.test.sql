begin;
select plan(9);

select tests.endpoint('bison', 'Acme');
update integrations.tenants set time_zone = 'America/New_York' where business = 'Acme';
select tests.set_clock('2026-03-10 12:00Z');
select tests.bison('EMAIL_SENT', '2026-03-09 03:59Z');
select tests.bison('EMAIL_SENT', '2026-03-09 04:00Z');
select tests.bison('EMAIL_SENT', '2026-03-09 05:00Z');
select tests.bison('EMAIL_BOUNCED', '2026-03-09 06:00Z', '{"reply": {"id": 9}}');
select tests.bison('LEAD_REPLIED', '2026-03-09 20:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-09 21:00Z');

select is(private.fill_inbox_analytics(3), 2, 'two days');
select results_eq(
  $$select inbox_id, client, provider, date, emails_sent, replies_received, bounce_count, bounce_rate, deliverability_score
    from public.inbox_analytics order by date$$,
  $$values (66, 'Acme', 'bison', date '2026-03-08', 1, 0, 0, 0.00, 100.00), (66, 'Acme', 'bison', '2026-03-09', 2, 1, 1, 50.00, 50.00)$$,
  'in summer midnight in New York is 4:00 of UTC'
);
select is(private.fill_inbox_analytics(3), 0, 'again: nothing changes');

select tests.bison('LEAD_REPLIED', '2026-03-05 20:00Z', '{"reply": {"id": 77}}');
select is(private.fill_inbox_analytics(2), 0, 'what came late is older than the hourly look');
select is(private.fill_inbox_analytics(), 1, 'and counted by the nightly one');
select results_eq(
  $$select emails_sent, replies_received, bounce_rate, deliverability_score from public.inbox_analytics where date = '2026-03-05'$$,
  $$values (0, 1, 0::numeric, null::numeric)$$, 'of a day without mails nothing is known'
);
select is(
  private.store_warmup_figures('Acme', '2026-03-09', '[{"id": 66, "warmup_emails_sent": 20, "warmup_emails_saved_from_spam": 3},
    {"id": 66, "warmup_emails_sent": 20, "warmup_emails_saved_from_spam": 3}, {"id": 67}]'),
  2, 'warm-up figures, each inbox once'
);
select is(private.fill_inbox_analytics(), 0, 'are none of the counted');
select results_eq(
  $$select (select warmup_spam from public.inbox_analytics where inbox_id = 66 and date = '2026-03-09'),
    (select emails_sent from public.inbox_analytics where inbox_id = 66 and date = '2026-03-09')$$,
  $$values (3, 2)$$, 'they stand beside the counted ones'
);

select * from finish();
rollback;
