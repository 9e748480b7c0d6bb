begin;
select plan(4);

select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z', '{"lead": null, "campaign": null,
  "reply": {"type": "Untracked Reply"}}');
select results_eq(
  'select email, first_name, last_name, lead_source, engaged_at, campaign_id from public.engaged_leads',
  $$values ('casey@fabrikam.test', 'Casey', 'Morgan', 'email', timestamptz '2026-03-04 09:00Z', null::text)$$,
  'its sender'
);
select is((select count(*) from public.all_leads), 0::bigint, 'no campaign has a lead by it');
select results_eq('select status from public.crm_contacts', $$values ('hot')$$, 'the contact is hot');
select tests.bison('EMAIL_SENT', '2026-03-05 09:00Z');
select results_eq(
  'select campaign_id, job_title, company from public.engaged_leads',
  $$values ('401', 'Head of Operations', 'Fabrikam')$$,
  'a campaign that comes to know the person adds what it knows'
);

select * from finish();
rollback;
