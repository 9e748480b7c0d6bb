begin;
select plan(6);

insert into master_contacts_db (email, full_name, company_domain, personal_linkedin)
values ('a@a.test', 'Ada', 'a.test', 'https://l.test/ada'), ('b@b.test', 'Bo', 'b.test', null),
  ('c@c.test', null, 'c.test', null), ('ada@home.test', 'Ada', 'home.test', 'https://l.test/ada');
select results_eq(
  'select full_name, company_domain, personal_linkedin from master_db order by 1',
  $$values ('Ada', 'a.test', 'https://l.test/ada'), ('Bo', 'b.test', null)$$,
  'who has a name and a company, one line a profile'
);
update master_contacts_db set full_name = 'Cy' where email = 'c@c.test';
select is((select count(*) from master_db where full_name = 'Cy'), 1::bigint, 'who gets a name is added');
update master_contacts_db set company_domain = 'new.test' where email = 'b@b.test';
select is((select company_domain from master_db where full_name = 'Bo'), 'new.test', 'who moves is moved');
update master_contacts_db set job_title = 'CEO';
select is((select count(*) from master_db), 3::bigint, 'other changes are none');
delete from master_contacts_db where email = 'b@b.test';
select is_empty($$select from master_db where full_name = 'Bo'$$, 'who is deleted goes');
select throws_ok(
  $$insert into master_db (company_domain, full_name, personal_linkedin) values ('x.test', 'X', 'https://l.test/ada')$$,
  '23505', null, 'a profile is there once'
);

select * from finish();
rollback;
