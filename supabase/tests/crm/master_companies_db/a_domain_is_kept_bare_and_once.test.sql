begin;
select plan(6);

insert into master_companies_db (company_domain) values ('WWW.Acme.com/');
select is((select company_domain from master_companies_db), 'acme.com', 'an insert is normalised');
update master_companies_db set company_domain = 'https://bolt.com';
select is((select company_domain from master_companies_db), 'bolt.com', 'an update is normalised');
select throws_ok(
  $$insert into master_companies_db (company_domain) values ('http://Bolt.com')$$, '23505', null,
  'a domain stands once, in any spelling'
);

insert into master_companies_db (company_name, company_domain) values ('One', 'no domain'), ('Two', null);
select is(
  (select count(*) from master_companies_db where company_domain is null), 2::bigint,
  'companies without a domain may be many'
);
select is(
  (select count(distinct "#id") from master_companies_db where "#id" > 0), 3::bigint, 'each has its own number'
);

alter table master_companies_db disable trigger _100_normalize_domain;
select throws_ok(
  $$insert into master_companies_db (company_domain) values ('WWW.x.com')$$, '23514', null,
  'and even without the trigger no domain starts with www'
);

select * from finish();
rollback;
