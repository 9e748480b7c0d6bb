begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 11:00Z');
select private.fold_counters();
select tests.bison('EMAIL_SENT', '2026-03-02 12:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-03 12:00Z');

create temp table before_fold as
select client, campaign_id, campaign_name, date, emails_sent, total_leads_contacted, opened, opened_percentage,
  unique_opens_per_contact, unique_opens_per_contact_percentage
from public.campaign_reporting_current;
select results_eq(
  'select date, emails_sent, total_leads_contacted, opened, opened_percentage, unique_opens_per_contact
    from before_fold order by 1',
  $$values (date '2026-03-02', 2::numeric, 1::numeric, 1::numeric, 50.00, 1::numeric), ('2026-03-03', 0, 0, 1, 0, 0)$$,
  'pending facts are added, also a day that has no row yet'
);
select is((select count(*) from public.campaign_reporting), 1::bigint, 'which the fold makes');
select private.fold_counters();
select results_eq(
  $$select client, campaign_id, campaign_name, date, emails_sent, total_leads_contacted, opened, opened_percentage,
    unique_opens_per_contact, unique_opens_per_contact_percentage
      from public.campaign_reporting_current order by date$$,
  'select * from before_fold order by date', 'a fold changes nothing that is read'
);
select results_eq(
  'select date, emails_sent, opened_percentage from public.campaign_reporting order by date',
  'select date, emails_sent, opened_percentage from public.campaign_reporting_current order by date', 'then both agree'
);

select * from finish();
rollback;
