begin;
select plan(5);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"lead": null}');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"campaign": null}');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"sender_email": null}');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"lead": null, "campaign": null, "sender_email": null}');
select private.fold_counters();
select results_eq(
  'select campaign_id, emails_sent, total_leads_contacted from public.campaign_reporting',
  'values (401, 2::numeric, 2::numeric)',
  'a mail without lead is one to a lead of its own'
);
select is((select emails_sent_count from public.inboxes), 2, 'the inbox');
select is((select emails_sent from public.all_leads), 1, 'the lead');
select is((select count(*) from public.campaign_events), 4::bigint, 'every fact is kept');
select is_empty('select * from private.recount_counters()', 'and a recount agrees');

select * from finish();
rollback;
