-- A contact gets a phone: what it said of everything else long ago is not told again as news.
begin;
select plan(5);

select from intake.f_ingest_json('[{
  "email": "ann@acme.com", "name": "Ann Lee", "title": "Buyer", "company": "Acme", "employee_count": 50, "linkedin_url": "linkedin.com/in/ann"
}]'::jsonb, 'apollo', 'b');
select from vault.f_promote_contacts();
select from integrations.advance_hub();
select is((select title from people.master), 'Buyer', 'she came with a title');
select people.stage_people('[{"email": "ann@acme.com", "title": "CEO", "location": "Bonn", "linkedin_url": "linkedin.com/in/ann-lee"}]', 'companyenrich');
select company.stage_companies('[{"domain": "acme.com", "employee_count": 80, "name": "Acme Inc."}]', 'companyenrich');
select from integrations.advance_hub();
select is((select title from people.master), 'CEO', 'and has a newer one');

select tests.set_clock(now() + interval '40 days');
select from intake.f_ingest_json('[{"email": "ann@acme.com", "phone": "22"}]'::jsonb, 'fair', 'b');
select from vault.f_promote_contacts();
select from integrations.advance_hub();
select results_eq(
  'select title, phone, linkedin_url from people.master', $$values ('CEO', '22', 'linkedin.com/in/ann-lee')$$, 'a phone is a phone'
);
select results_eq('select name, employee_count from company.master', $$values ('Acme Inc.', 80)$$, 'of the company nothing was said');
select tests.set_clock(now() + interval '80 days');
select from intake.f_ingest_json('[{"email": "ann@acme.com", "employee_count": 90}]'::jsonb, 'fair', 'b');
select from vault.f_promote_contacts();
select from integrations.advance_hub();
select results_eq('select name, employee_count from company.master', $$values ('Acme Inc.', 90)$$, 'until something is');

select * from finish();
rollback;
