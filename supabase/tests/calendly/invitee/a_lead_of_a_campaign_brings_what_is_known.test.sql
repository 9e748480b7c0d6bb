begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"lead": {"custom_variables": [{"name": "city",
  "value": "Bremen"}]}}');
select tests.bison('EMAIL_SENT', '2026-03-03 10:00Z', '{"campaign": {"id": 402, "name": "Autumn"}}');
select tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"email": " CASEY@fabrikam.test", "name": "Casey"}');
select results_eq(
  'select email, first_name, last_name, title, company, campaign_id, campaign_name, bison_lead_id
    from public.meetings_booked',
  $$values ('casey@fabrikam.test', 'Casey', 'Morgan', 'Head of Operations', 'Fabrikam', '402', 'Autumn',
    5001::bigint)$$,
  'the campaign that wrote last'
);
select results_eq(
  'select meeting_booked, booked_date from public.all_leads',
  $$values (true, timestamptz '2026-03-05 10:00Z'), (true, '2026-03-05 10:00Z')$$,
  'every campaign''s lead has the meeting'
);
select results_eq(
  'select lead_source, campaign_id from public.engaged_leads', $$values ('email', '402')$$, 'it came by mail'
);
select tests.bison('EMAIL_SENT', '2026-03-06 10:00Z', '{"campaign": {"id": 403, "name": "Winter"}}');
select results_eq(
  'select l.meeting_booked, m.campaign_id from public.all_leads l, public.meetings_booked m
    where l.campaign_id = $$403$$',
  $$values (true, '403')$$, 'a campaign that comes later, too'
);

select * from finish();
rollback;
