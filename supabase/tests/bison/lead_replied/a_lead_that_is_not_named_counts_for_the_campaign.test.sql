begin;
select plan(3);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', '{"lead": null}');
select results_eq(
  'select type, lead_id, from_email from public.replies',
  $$values ('Tracked Reply', null::bigint, 'casey@fabrikam.test')$$, 'stored'
);
select is((select unique_replies_per_contact from public.campaign_reporting_current), 1::numeric, 'counted');
select is((select count(*) from public.all_leads), 0::bigint, 'no lead is made up');

select * from finish();
rollback;
