begin;
select plan(5);

select isnt(get_or_create_company('https://www.Acme.com/about', 'Acme'), null, 'a company is made of a web address');
select is(
  get_or_create_company('ACME.com.'), (select id from master_companies_db where company_domain = 'acme.com'),
  'another spelling finds it'
);
select results_eq(
  'select company_domain, company_name from master_companies_db',
  $$values ('acme.com', 'Acme')$$,
  'there is one row, under the bare domain'
);
select get_or_create_company('acme.com', 'Another name');
select is((select company_name from master_companies_db), 'Acme', 'a company that is known keeps its name');
select is(get_or_create_company('no domain at all', 'Acme'), null, 'without a domain there is no company');

select * from finish();
rollback;
