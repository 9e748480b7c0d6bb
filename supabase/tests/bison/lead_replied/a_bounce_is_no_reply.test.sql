begin;
select plan(3);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', '{"reply": {"type": "Bounced", "automated_reply": true}}');
select is((select count(*) from public.replies), 0::bigint, 'no reply');
select results_eq(
  'select lead_email, campaign_id from public.bounces', $$values ('casey@fabrikam.test', 401)$$, 'a bounce'
);
select results_eq(
  'select bounces, replies, replied from public.all_leads', 'values (1, 0, null::boolean)', 'of the lead'
);

select * from finish();
rollback;
