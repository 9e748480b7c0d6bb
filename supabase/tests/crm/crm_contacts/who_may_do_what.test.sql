begin;
select plan(14);

insert into "Clients" ("Business") values ('Acme'), ('Bolt');
insert into crm_contacts (client, email) values ('Acme', 'a@x.example'), ('Bolt', 'b@x.example');
insert into crm_tags (client, name, entity_type) values ('Acme', 'A', 'deal'), ('Bolt', 'B', 'deal');
select get_or_create_company('a.example', null, 'Acme');
select get_or_create_company('b.example', null, 'Bolt');

select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select results_eq('select email from crm_contacts', $$values ('a@x.example')$$, 'a viewer reads their client''s');
select throws_ok($$insert into crm_contacts (client) values ('Acme')$$, '42501', null, 'and makes none');
update crm_contacts set phone = '1';
delete from crm_contacts;
select tests.clear();
select is((select count(*) from crm_contacts where phone is null), 2::bigint, 'nor changes any');

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select lives_ok($$insert into crm_contacts (client, email) values ('Acme', 'c@x.example')$$, 'a member makes contacts');
update crm_contacts set phone = '1', status = 'hot';
select is((select count(*) from crm_contacts where phone = '1'), 2::bigint, 'and changes them');
select is((select count(*) from crm_notes), 2::bigint, 'and reads the notes of it');
select throws_ok($$insert into crm_contacts (client) values ('Bolt')$$, '42501', null, 'not for another client');
select throws_ok($$update crm_contacts set client = 'Bolt'$$, '42501', null, 'nor to another client');
select lives_ok(
  $$insert into crm_tags (client, name, entity_type) values ('Acme', 'C', 'deal')$$, 'a member makes tags'
);
select is((select count(*) from client_company_state), 1::bigint, 'and sees the companies'' state for their client');
select throws_ok(
  $$
    insert into client_company_state (client_id, company_id)
    select client_id, gen_random_uuid() from client_company_state
  $$,
  '42501', null, 'which staff writes'
);
select tests.clear();
select is((select phone from crm_contacts where client = 'Bolt'), null, 'another client''s contact is as it was');

select tests.authenticate_as(tests.create_user('manager'));
select is((select count(*) from crm_contacts), 3::bigint, 'staff sees all');
update client_company_state set status = 'blocked';
select is((select count(*) from client_company_state where status = 'blocked'), 2::bigint, 'and writes all');
select tests.clear();

select * from finish();
rollback;
