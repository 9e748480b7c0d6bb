begin;
select plan(5);

insert into "Clients" ("Business") values ('Acme');
insert into engaged_leads (
  client, email, first_name, last_name, full_name, job_title, seniority_level, linkedin_url, lead_phone, company,
  company_domain, company_linkedin, company_phone, company_website, company_size, industry, annual_revenue,
  company_hq_city, company_hq_state, company_hq_country, year_founded, business_model, funding_stage, tech_stack,
  is_hiring, growth_score, num_locations, stage, epv, context, next_touchpoint, last_contact, assignee, notes,
  lead_source, meeting_date, meeting_link, rescheduling_link, campaign_name, campaign_id, custom_variables_jsonb,
  last_event_at
)
values (
  'Acme', ' Ada@Bolt.example ', 'Ada', 'Byron', 'Ada B.', 'CTO', 'C-Level', 'https://linkedin.test/ada', '+1 555',
  'Bolt', 'https://www.bolt.example/', 'https://linkedin.test/bolt', '+1 666', 'https://bolt.example/home', '51-200',
  'Robots', '$10M', 'Austin', 'TX', 'United States', 1999, 'B2B', 'Series A', array['Go', 'Postgres'],
  true, 87, 4, 'discovery', 1200.50, 'Asked for a price', '2026-03-09', '2026-03-02 11:00Z', 'kim', 'Nice person',
  'email', '2026-03-05 15:00Z', 'https://meet.test/1', 'https://meet.test/1/re', 'Spring', '17', '{"city": "Austin"}',
  '2026-03-02 12:00Z'
);

select is((select count(*) from crm_contacts), 1::bigint, 'there is one contact');
select is(
  (
    select jsonb_strip_nulls(to_jsonb(c)) - '{id,created_at,updated_at,company_id}'::text[]
    from crm_contacts c
  ),
  '{
    "client": "Acme", "email": "Ada@Bolt.example", "first_name": "Ada", "last_name": "Byron", "full_name": "Ada Byron",
    "title": "CTO", "job_title": "CTO", "seniority_level": "C-Level", "linkedin_url": "https://linkedin.test/ada",
    "lead_phone": "+1 555", "company_name": "Bolt", "company_domain": "https://www.bolt.example/",
    "company_linkedin": "https://linkedin.test/bolt", "company_phone": "+1 666",
    "company_website": "https://bolt.example/home", "company_size": "51-200", "company_industry": "Robots",
    "annual_revenue": "$10M", "company_hq_city": "Austin", "company_hq_state": "TX",
    "company_hq_country": "United States", "year_founded": 1999, "business_model": "B2B", "funding_stage": "Series A",
    "tech_stack": ["Go", "Postgres"], "is_hiring": true, "growth_score": "87", "num_locations": 4, "status": "hot",
    "stage": "discovery", "epv": 1200.50, "context": "Asked for a price", "next_touch": "2026-03-09T12:00:00+00:00",
    "last_contacted_at": "2026-03-02T11:00:00+00:00", "assignee": "kim", "notes": "Nice person", "lead_source": "email",
    "meeting_date": "2026-03-05T15:00:00+00:00", "meeting_link": "https://meet.test/1",
    "rescheduling_link": "https://meet.test/1/re", "campaign_name": "Spring", "campaign_id": "17", "tags": [],
    "custom_variables_jsonb": {"city": "Austin"}, "synced_revision": 1, "person_set": {},
    "last_event_at": "2026-03-02T12:00:00+00:00"
  }'::jsonb,
  'with everything the lead said'
);
select is(
  (select company_id from crm_contacts), (select id from master_companies_db where company_domain = 'bolt.example'),
  'and its company'
);

insert into engaged_leads (client, email, full_name)
values ('Acme', 'one@bolt.example', 'Grace'), ('Acme', 'two@bolt.example', ' Grace Brewster  Hopper ');
select results_eq(
  $$select first_name, last_name from crm_contacts where email ~ 'one|two' order by email$$,
  $$values ('Grace', null), ('Grace', 'Brewster  Hopper')$$,
  'a full name is taken apart where there is nothing better'
);
update engaged_leads set first_name = 'Grace B.', last_name = 'Hopper' where email = 'two@bolt.example';
select is(
  (select full_name from crm_contacts where email = 'two@bolt.example'), 'Grace B. Hopper',
  'and gives way to the real parts'
);

select * from finish();
rollback;
