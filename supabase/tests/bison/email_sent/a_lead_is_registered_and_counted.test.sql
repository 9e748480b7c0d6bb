begin;
select plan(5);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"lead": {"custom_variables": [{"name": "city",
  "value": "Bremen"}, {"value": "nameless"}]}}');
select results_eq(
  $$select client, campaign_id, campaign_name, email, lead_id, first_name, last_name, full_name, job_title, company,
    status,
    custom_variables_jsonb from public.all_leads$$,
  $$values ('Acme', '401', 'Spring', 'casey@fabrikam.test', 5001::numeric, 'Casey', 'Morgan', 'Casey Morgan',
    'Head of Operations', 'Fabrikam', 'verified', '{"city": "Bremen"}'::jsonb)$$,
  'who it is'
);
select results_eq(
  $$select emails_sent, first_contacted_at, last_event_at, (select bison_inbox_id from public.inboxes i
    where i.id = first_contacted_inbox),
    replied, engaged from public.all_leads$$,
  $$values (1, timestamptz '2026-03-02 10:00Z', timestamptz '2026-03-02 10:00Z', 66, null::boolean, null::boolean)$$,
  'what happened'
);
select results_eq(
  'select client, campaign_id, campaign_name, last_event_at from public."Campaigns"',
  $$values ('Acme', '401', 'Spring', timestamptz '2026-03-02 10:00Z')$$, 'its campaign'
);
select results_eq(
  'select client, bison_inbox_id, name::text, email::text, domain, status::text from public.inboxes',
  $$values ('Acme', 66, 'Robin', 'robin@acme-mail.test', 'acme-mail.test', 'Connected')$$, 'its inbox'
);
select tests.bison('EMAIL_SENT', '2026-03-04 10:00Z');
select results_eq(
  'select emails_sent, first_contacted_at, last_event_at from public.all_leads',
  $$values (2, timestamptz '2026-03-02 10:00Z', timestamptz '2026-03-04 10:00Z')$$, 'the second mail'
);

select * from finish();
rollback;
