begin;
select plan(14);

select tests.set_clock('2026-03-15 12:00Z');
insert into master_companies_db (company_domain, company_name, company_size) values ('a.test', 'Old', '1-10');
insert into master_contacts_db (email, company_domain) values ('bo@a.test', 'a.test');
select domains from integrations.request_enrichment(array['a.test', 'b.test']);
create temp view r as select * from integrations.enrichment_runs;
select was_asked from integrations.begin_enrichment((select id from r));
select is(integrations.record_order((select id from r), 'job-1'), 'recorded', 'the order is known');
select is(integrations.record_order((select id from r), 'job-1'), 'already_known', 'once');

select is(
  integrations.store_companies((select id from r), '[
    {"domain": "www.A.test", "name": "Acme", "employees": null, "industry": "Software", "founded_year": 2012,
     "categories": ["b2b", "saas"], "naics_codes": ["5112"], "socials": {"linkedin_url": "https://l.test/a"},
     "location": {"city": {"name": "San Francisco"}, "country": {"name": "United States"}}, "technologies": ["hubspot"],
     "financial": {"total_funding": 12000000, "funding_stage": "series_a", "stock_symbol": null}},
    {"domain": "stranger.test", "name": "X"}, "nonsense", null]', 1),
  'stored', 'the answers'
);
select results_eq(
  $$
    select company_name, company_size, primary_industry_1, company_year_founded, company_business_model, naics_code,
      company_location, total_funding, last_enriched
    from master_companies_db where company_domain = 'a.test'
  $$,
  $$
    values ('Acme', '1-10', 'Software', '2012', 'B2B', '5112', 'San Francisco, United States', '12000000',
      '2026-03-15 12:00Z'::timestamptz)
  $$,
  'what it says wins, what it does not know stays'
);
select is_empty($$select from master_companies_db where company_domain = 'stranger.test'$$, 'nobody asked for that one');
select isnt(
  (select last_enriched from master_companies_db where company_domain = 'b.test'), null, 'what it does not know was asked'
);
select results_eq(
  'select company_name, company_linkedin, last_enriched is not null from master_contacts_db',
  $$values ('Acme', 'https://l.test/a', true)$$, 'its contacts know the company'
);
select bag_eq(
  'select signal_type, signal_payload from company_signals',
  $$
    values ('funding', '{"total_funding": 12000000, "funding_stage": "series_a"}'::jsonb),
      ('technologies', '{"technologies": ["hubspot"]}'::jsonb)
  $$,
  'signals'
);
select results_eq(
  'select status, found, missing, charged_credits, reserved_credits from r', $$values ('completed', 1, 1, 1, 0)$$, 'the run'
);
select results_eq('select reserved, charged from integrations.provider_credits', 'values (0, 1)', 'the month');
select is(
  integrations.store_companies((select id from r), '[{"domain": "a.test", "name": "Twice"}]', 1), 'already_over',
  'the same answers again'
);
select results_eq('select reserved, charged from integrations.provider_credits', 'values (0, 1)', 'cost nothing');
select is(
  (select outcome from integrations.request_enrichment(array['a.test', 'b.test'])), 'nothing_to_do', 'they are fresh now'
);
select tests.set_clock('2026-06-20 12:00Z');
select is((select domains from integrations.request_enrichment()), 2, 'and stale in three months, found or not');

select * from finish();
rollback;
