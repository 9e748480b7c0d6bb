begin;
select plan(10);

insert into public.master_contacts_db (email, first_name, phone_number) values ('ben@bolt.test', 'Benjamin', null);
insert into public.master_companies_db (company_domain, company_name) values ('bolt.test', 'Bolt (by hand)');
select intake.f_ingest_json(
  '[
    {"email": "Ann@www.acme.test", "name": "Ann Lee", "title": "CEO", "company": "Acme", "company_domain": "https://www.acme.test/x",
      "industry": "Tools", "employee_count": 12, "linkedin_url": "https://linkedin.com/in/ann-lee", "note": {"x": [1]}},
    {"email": "ben@bolt.test", "name": "Ben Bolt", "phone": "+1 555", "company": "Bolt"},
    {"email": "cy@gmail.com", "name": "Cy"}
  ]'::jsonb, 'apollo', 'b1'
);
select intake.f_promote_contacts();
select results_eq(
  'select staged, people, bridged_people, has_more from integrations.advance_hub()', 'values (3, 3, 3, false)', 'all go the whole way'
);
select results_eq(
  $$
    select email, first_name, full_name, company_domain, phone_number, source
    from public.master_contacts_db order by email collate "C"
  $$,
  $$values
    ('ann@www.acme.test', 'Ann', 'Ann Lee', 'acme.test', null, 'apollo'),
    ('ben@bolt.test', 'Benjamin', 'Ben Bolt', 'bolt.test', '+1 555', 'apollo'),
    ('cy@gmail.com', 'Cy', 'Cy', null, null, 'apollo')$$,
  'people with their source; what another tool said stays, gaps are filled'
);
select results_eq(
  $$select company_domain, company_name, company_size, primary_industry_1 from public.master_companies_db order by 1$$,
  $$values ('acme.test', 'Acme', '12', 'Tools'), ('bolt.test', 'Bolt (by hand)', null, null)$$,
  'companies by their bare domain'
);
select results_eq(
  'select staged, people, bridged_companies, bridged_people, has_more from integrations.advance_hub()',
  'values (0, 0, 0, 0, false)', 'again: nothing to do'
);

select intake.f_ingest_json('[{"email": "cy@gmail.com", "title": "Founder"}]'::jsonb, 'apify', 'b2');
update intake.raw_loads set created_at = created_at - interval '40 days';
select intake.f_ingest_json('[{"email": "cy@gmail.com", "title": "Founder"}]'::jsonb, 'apify', 'b3');
select intake.f_promote_contacts();
select integrations.advance_hub();
select results_eq(
  $$select job_title, source from public.master_contacts_db where email = 'cy@gmail.com'$$, $$values ('Founder', 'apollo')$$,
  'news of a known person follow, and who brought them first stays'
);

select intake.f_ingest_json('[{"email": "gone@x.test", "name": "Gone"}]'::jsonb, 'apollo', 'b4');
select intake.f_promote_contacts();
insert into private.suppressed_people (address_hash) values (private.suppression_hash('gone@x.test'));
select lives_ok('select integrations.advance_hub()', 'a person who was erased on the way stops nobody');
select is((select count(*) from public.master_contacts_db where email = 'gone@x.test'), 0::bigint, 'and is not stored');

select intake.f_ingest_json(
  (select jsonb_agg(jsonb_build_object('email', 'p' || n || '@many.test')) from generate_series(1, 5) n), 'apollo', 'b5'
);
select intake.f_promote_contacts();
select is((select staged from integrations.advance_hub(2)), 2, 'at most as many as asked for');
select is((select has_more from integrations.advance_hub(2)), true, 'and it says that there is more');
select tests.authenticate_as(tests.create_user('viewer'));
select throws_ok('select integrations.advance_hub()', 'MR004', null, 'staff only');

select * from finish();
rollback;
