begin;
select plan(3);

select tests.bison('LEAD_INTERESTED', '2026-03-02 09:00Z');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03 09:00Z', '{"campaign": null, "scheduled_email": null}');
select is((select unsubscribed from public.engaged_leads), true, 'no campaign is named');
select is((select status from public.crm_contacts), 'inactive', 'the contact is inactive all the same');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03 10:00Z', '{"lead": null}');
select is(
  (select unsubscribed from public.campaign_reporting_current where unsubscribed > 0), 1::numeric,
  'no lead is named: the campaign counts it'
);

select * from finish();
rollback;
