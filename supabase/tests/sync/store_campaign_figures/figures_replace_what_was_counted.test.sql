begin;
select plan(8);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 11:00Z');
select private.fold_counters();
select private.refresh_step_stats('2026-03-01');
create temp table figures as
select '{
  "emails_sent": 120, "total_leads_contacted": 80, "opened": 7, "unique_replies_per_contact": 8, "bounced": 2,
  "unsubscribed": 1, "interested": 3,
  "sequence_step_stats": [
    {"sequence_step_id": 812, "email_subject": "Spring", "sent": 80, "unique_opens": 4, "unique_replies": 8,
      "bounced": 2},
    {"sequence_step_id": 813, "email_subject": "Re: Spring", "sent": 40, "unique_opens": 1, "unique_replies": 0}
  ]
}'::jsonb as told;

select is(
  integrations.store_campaign_figures('Acme', 401, '2026-03-02', (select told from figures), '2026-03-02 23:59Z'),
  'not_over', 'a day that is not over is left to counting'
);
select is(
  integrations.store_campaign_figures('Acme', 401, '2026-03-02', (select told from figures), '2026-03-03 03:00Z'),
  'stored', 'one that is over is EmailBison''s'
);
select results_eq(
  $$select emails_sent, total_leads_contacted, opened, unique_opens_per_contact, unique_replies_per_contact,
    interested_percentage from public.campaign_reporting_current$$,
  $$values (120::numeric, 80::numeric, 7::numeric, 5::numeric, 8::numeric, 3.75)$$,
  'unique opens that are not told are those of the steps; rates follow'
);
select is(
  (select sequence_step_stats #- '{0,unsubscribed}' from public.campaign_reporting) #> '{0}',
  '{"step_order": 1, "step_id": 812, "variant": "1", "subject": "Spring", "sent_count": 80, "open_count": 4,
    "reply_count": 8, "bounce_count": 2}'::jsonb,
  'steps keep what only we know of them'
);
select is(
  integrations.store_campaign_figures('Acme', 401, '2026-03-02', '{"emails_sent": 1}', '2026-03-03 02:00Z'), 'stale',
  'an older answer changes nothing'
);

select tests.bison('EMAIL_SENT', '2026-03-02 12:00Z');
select is((select emails_sent from public.campaign_reporting_current), 120::numeric, 'a late fact is in them already');
select private.fold_counters();
select private.refresh_step_stats('2026-03-01');
select is((select emails_sent from public.campaign_reporting), 120::numeric, 'also when it is folded');
select is_empty('select * from private.recount_counters()', 'a recount finds nothing to correct');

select * from finish();
rollback;
