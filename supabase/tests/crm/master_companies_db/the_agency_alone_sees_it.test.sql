begin;
select plan(6);

insert into "Clients" ("Business") values ('Acme');
insert into master_companies_db (company_domain) values ('bolt.com');
insert into master_contacts_db (email) values ('bob@bolt.com');

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select is_empty('select 1 from master_companies_db', 'a client''s user sees no company');
select is_empty('select 1 from master_contacts_db', 'nor a contact');
select tests.clear();

select tests.authenticate_as(tests.create_user('viewer'));
select is((select count(*) from master_companies_db), 1::bigint, 'agency staff sees companies');
select is((select count(*) from master_contacts_db), 1::bigint, 'and contacts');
update master_companies_db set company_name = 'Bolt';
select tests.clear();
select is((select company_name from master_companies_db), null, 'a viewer changes nothing');

select tests.authenticate_as(tests.create_user('manager'));
update master_companies_db set company_name = 'Bolt';
select tests.clear();
select is((select company_name from master_companies_db), 'Bolt', 'a manager does');

select * from finish();
rollback;
