begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_SENT', '2026-03-02 11:00Z', '{"campaign": {"id": 402, "name": "Autumn"}}');
select results_eq(
  'select campaign_id, campaign_name, emails_sent, lead_id from public.all_leads order by 1',
  $$values ('401', 'Spring', 1, 5001::numeric), ('402', 'Autumn', 1, 5001)$$, 'two rows'
);
select results_eq(
  'select campaign_id, total_leads_contacted from public.campaign_reporting_current order by 1',
  'values (401, 1::numeric), (402, 1)', 'contacted once by each'
);

select * from finish();
rollback;
