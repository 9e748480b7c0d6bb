begin;
select plan(2);

select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00Z');
select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 10:00Z', '{"reply": {"type": "Bounced"}}');
select results_eq(
  'select (select bounced_count from public.inboxes_current), (select bounced from public.campaign_reporting_current),
    bounces from public.all_leads',
  'values (1, 1::numeric, 1)', 'it was counted'
);
select is((select count(*) from public.replies), 0::bigint, 'it is no reply');

select * from finish();
rollback;
