begin;
select plan(6);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z',
  '{"lead": {"custom_variables": [{"name": "Phone Number", "value": "+49 1"}, {"name": "linkedin",
    "value": "https://in.test/casey"}]}}');
select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z',
  '{"reply": {"date_received": "2026-03-03T22:00Z"}, "lead": {"custom_variables": [{"name": "Phone Number",
    "value": "+49 1"}, {"name": "linkedin", "value": "https://in.test/casey"}]}}');
select results_eq(
  $$select client, email, first_name, last_name, full_name, job_title, company, company_domain, linkedin_url,
    lead_phone,
    campaign_id, campaign_name, bison_lead_id, lead_source from public.engaged_leads$$,
  $$values ('Acme', 'casey@fabrikam.test', 'Casey', 'Morgan', 'Casey Morgan', 'Head of Operations', 'Fabrikam',
    'fabrikam.test', 'https://in.test/casey', '+49 1', '401', 'Spring', 5001::bigint, 'email')$$, 'who'
);
select results_eq(
  $$select engaged, engaged_at, replied, replied_at, meeting_booked, unsubscribed, last_event_at, date_created
    from public.engaged_leads$$,
  $$values (true, timestamptz '2026-03-04 09:00Z', true, timestamptz '2026-03-03 22:00Z', false, false,
    timestamptz '2026-03-04 09:00Z', date '2026-03-04')$$, 'what happened'
);
select results_eq(
  'select engaged, engaged_date, replied, replies from public.all_leads',
  $$values (true, timestamptz '2026-03-04 09:00Z', true, 1)$$, 'the campaign''s lead'
);
select results_eq(
  'select interested, interested_at, category from public.replies',
  $$values (true, timestamptz '2026-03-04 09:00Z', 'Interested')$$, 'the reply'
);
select results_eq(
  'select date, unique_replies_per_contact, interested from public.campaign_reporting_current
    where emails_sent = 0 order by date',
  $$values (date '2026-03-03', 1::numeric, 0::numeric), ('2026-03-04', 0, 1)$$, 'each on its day'
);
select results_eq(
  'select email, status from public.crm_contacts', $$values ('casey@fabrikam.test', 'hot')$$, 'the contact'
);

select * from finish();
rollback;
