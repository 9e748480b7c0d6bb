begin;
select plan(5);

select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00:20Z', '{"reply": {"date_received": "2026-03-02T10:00Z"}}');
select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00:20Z', '{"reply": {"date_received": "2026-03-02T10:00Z"}}');
select results_eq(
  'select instance_url, reply_id, client, campaign_id, lead_email, bison_inbox_id, bounced_at, subject
    from public.bounces',
  $$values ('https://acme.bison.test', 3001::bigint, 'Acme', 401, 'casey@fabrikam.test', 66,
    timestamptz '2026-03-02 10:00Z', 'Re: Spring')$$,
  'one row'
);
select results_eq(
  'select bounces, bounced_at from public.all_leads', $$values (1, timestamptz '2026-03-02 10:00:20Z')$$, 'the lead'
);
select is((select bounced from public.campaign_reporting_current), 1::numeric, 'the campaign');
select is((select bounced_count from public.inboxes_current), 1, 'the inbox');
select is((select count(*) from public.replies), 0::bigint, 'it is no reply');

select * from finish();
rollback;
