begin;
select plan(6);

insert into master_companies_db (company_domain, company_name) values ('known.test', 'Known Ltd');
insert into eligible_storeleads_10k (domain, company_name, company_location, estimated_monthly_sales)
values ('https://www.new.test/shop', 'New', 'Ohio, US', 1000), ('known.test', 'Other name', 'Texas, US', 2000),
  ('no domain', 'X', null, null);

select results_eq('select * from copy_storeleads_next_batch("limit" => 2)', 'values (2, 0, true)', 'two');
select results_eq('select * from copy_storeleads_next_batch("limit" => 2)', 'values (0, 1, false)', 'and one that is none');
select results_eq(
  'select company_domain, company_name, company_location, company_annual_revenue from master_companies_db order by 1',
  $$values ('known.test', 'Known Ltd', 'Texas, US', '24000'), ('new.test', 'New', 'Ohio, US', '12000')$$,
  'what was known stays, what was not is filled'
);
select results_eq(
  'select status, problem from eligible_storeleads_10k order by id',
  $$values ('copied', null), ('copied', null), ('failed', 'This is no domain.')$$, 'the rows say so'
);
select is_empty(
  $$
    select from eligible_storeleads_10k e
    where e.status = 'copied'
      and e.company_id is distinct from (select m.id from master_companies_db m where m.company_domain = e.domain_norm)
  $$,
  'and know their company'
);
select throws_ok(
  $$insert into eligible_storeleads_10k (domain) values ('www.new.test')$$, '23505', null, 'a store is there once'
);

select * from finish();
rollback;
