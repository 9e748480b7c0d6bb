begin;
select plan(4);

select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 10:00Z',
  '{"reply": {"from_email_address": "MAILER-DAEMON@mx.test"}}');
select results_eq(
  'select campaign_id, lead_email, bison_inbox_id from public.bounces', 'values (null::integer, null::text, 66)',
  'known to the inbox'
);
select private.fold_counters();
select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00Z');
select results_eq(
  'select campaign_id, lead_email from public.bounces', $$values (401, 'casey@fabrikam.test')$$, 'then to the campaign'
);
select results_eq(
  'select (select bounced_count from public.inboxes_current), (select bounced from public.campaign_reporting_current),
    bounces from public.all_leads',
  'values (1, 1::numeric, 1)', 'each counts it once'
);
select is_empty('select * from private.recount_counters()', 'a recount agrees');

select * from finish();
rollback;
