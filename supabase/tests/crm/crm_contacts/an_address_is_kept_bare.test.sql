begin;
select plan(5);

insert into crm_contacts (client, email) values ('Acme', ' Ada@x.example ');
select is((select email from crm_contacts), 'Ada@x.example', 'without the blanks around it');
insert into engaged_leads (client, email, job_title) values ('Acme', ' ada@x.example', 'CTO');
select is((select job_title from crm_contacts), 'CTO', 'so that a lead finds it');

select lives_ok(
  $$insert into crm_contacts (client, email, first_name) values ('Acme', '', 'Bob'), ('Acme', ' ', 'Cat')$$,
  'of people without an address a client may have several'
);
update crm_contacts set email = 'bob@x.example ' where first_name = 'Bob';
select is((select email from crm_contacts where first_name = 'Bob'), 'bob@x.example', 'a change is kept bare as well');
select throws_ok(
  $$update crm_contacts set email = ' BOB@x.example' where first_name = 'Cat'$$, '23505', null,
  'and blanks make no second contact'
);

select * from finish();
rollback;
