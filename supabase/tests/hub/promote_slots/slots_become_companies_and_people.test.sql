begin;
select plan(13);

select company.stage_companies(
  '[
    {"domain": "https://www.Acme.com/about", "name": "Acme, Inc.", "employee_count": "50", "location": "Berlin"},
    {"domain": "acme.de", "name": "ACME", "location": "berlin", "industry": "Tools"},
    {"domain": "nope"}, {"domain": "a.com", "employee_count": "many"}, 7,
    {"domain": "acme.com", "employee_count": 60, "name": " "},
    {"domain": "globex.com", "linkedin_url": "https://linkedin.com/company/globex/"},
    {"website": "http://globex.io", "linkedin_url": "http://www.linkedin.com/company/Globex?x=1"}
  ]', 'test'
);
select results_eq(
  'select domain::text, rejection from company.slot where validation_status = ''rejected'' order by slot_number',
  $$values ('nope', 'domain is none'), ('a.com', 'employee_count is no number'), ('', 'the row is no object')$$,
  'what is no company is rejected'
);
select results_eq('select * from company.promote_slots(4)', 'values (4, 0, true)', 'the oldest first, and there is more');
select results_eq('select * from company.promote_slots(4)', 'values (1, 0, false)', 'then the rest');
select results_eq(
  $$select domain, name, industry, employee_count, status from company.master where merged_into is null order by domain$$,
  $$values ('acme.com', 'Acme, Inc.', 'Tools', 60, 'active'), ('globex.com', null, null, null, 'active')$$,
  'one company each, with the newest values'
);
select results_eq(
  'select reason from company.merges order by merge_id', $$values ('name and location'), ('LinkedIn page')$$,
  'by name and place, and by LinkedIn page'
);
select is(
  (select array_agg((old_values, new_values)::text order by history_id) from company.history h
   join company.master m on m.id = h.company_id where m.domain = 'acme.com' and changed_fields = '["employee_count"]'),
  array[$$("{""employee_count"": 50}","{""employee_count"": 60}")$$], 'the history has old and new value'
);

select people.stage_people(
  '[
    {"email": "Ann@Acme.de", "first_name": "Ann", "last_name": "Lee", "linkedin_url": "https://www.linkedin.com/in/ann-lee/"},
    {"email": "ann.lee@acme.com", "title": "CEO", "linkedin_url": "http://de.linkedin.com/in/Ann-Lee?x=1"},
    {"email": "x"}, {"email": "bob@new.io", "name": "Bob Ray", "company": "New"}, {"email": "bob.ray@new.io", "name": "bob ray"},
    {"email": "eve@gmail.com", "name": "Eve"}, {"email": "bob@gmail.com", "name": {"a": 1}}
  ]', 'test'
);
select results_eq('select * from people.promote_slots()', 'values (5, 0, false)', 'people are promoted');
select results_eq(
  $$
    select p.email, p.name, p.title, c.domain from people.master p left join company.master c on c.id = p.company_id
    where p.merged_into is null order by p.email
  $$,
  $$values ('ann@acme.de', 'Ann Lee', 'CEO', 'acme.com'), ('bob@new.io', 'Bob Ray', null, 'new.io'), ('eve@gmail.com', 'Eve', null, null)$$,
  'one person each, in the company that the domain leads to'
);
select results_eq(
  'select reason from people.merges order by merge_id', $$values ('LinkedIn profile'), ('name and company')$$, 'by profile and by name'
);
select is((select name from company.master where domain = 'new.io'), 'New', 'a company that nobody knew is made');
select results_eq(
  'select rejection from people.slot where rejection is not null order by slot_number',
  $$values ('this is no e-mail address'), ('name is no text of at most 500 signs')$$, 'what is no person is rejected'
);
select people.stage_people('[{"email": "ann.lee@acme.com", "title": "CTO"}]', 'test');
select from people.promote_slots();
select is((select title from people.master where email = 'ann@acme.de'), 'CTO', 'a merged address leads to the person');
select throws_ok(
  $$select company.merge_companies(id, id) from company.master limit 1$$, 'MR003', null, 'nothing is merged into itself'
);

select * from finish();
rollback;
