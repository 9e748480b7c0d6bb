begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-04 10:00Z', '{"lead": {"title": "Director", "first_name": "",
  "company": null,
  "custom_variables": [{"name": "city", "value": "Bremen"}]}}');
select results_eq(
  'select job_title, first_name, company, custom_variables_jsonb from public.all_leads',
  $$values ('Director', 'Casey', 'Fabrikam', '{"city": "Bremen"}'::jsonb)$$,
  'what it tells is taken over, nothing is emptied'
);
select tests.bison('EMAIL_OPENED', '2026-03-03 10:00Z', '{"lead": {"title": "Clerk", "status": "unverified",
  "custom_variables": [{"name": "city", "value": "Kiel"}, {"name": "plan", "value": "a"}]}}');
select results_eq(
  'select job_title, status, custom_variables_jsonb from public.all_leads',
  $$values ('Director', 'verified', '{"city": "Bremen", "plan": "a"}'::jsonb)$$, 'an older one fills gaps only'
);
select tests.bison('EMAIL_SENT', '2026-03-05 10:00Z', '{"campaign": {"name": "Spring, new"}}');
select results_eq(
  'select l.campaign_name, c.campaign_name from public.all_leads l, public."Campaigns" c',
  $$values ('Spring, new', 'Spring, new')$$,
  'a campaign is renamed'
);
select tests.bison('EMAIL_SENT', '2026-03-04 10:00Z');
select tests.bison('EMAIL_SENT', '2026-03-06 10:00Z', '{"campaign": {"name": " "}}');
select results_eq(
  'select l.campaign_name, c.campaign_name from public.all_leads l, public."Campaigns" c',
  $$values ('Spring, new', 'Spring, new')$$,
  'not by an older event, nor by one that names it not'
);

select * from finish();
rollback;
