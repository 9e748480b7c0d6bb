begin;
select plan(7);

insert into engaged_leads (client, email, first_name) values ('Acme', 'Ada@X.example', 'Ada');
insert into engaged_leads (client, email, last_name) values ('Acme', ' ada@x.EXAMPLE', 'Byron');
select results_eq(
  $$select email, full_name from crm_contacts$$, $$values ('Ada@X.example', 'Ada Byron')$$,
  'a second lead adds to the contact'
);

insert into engaged_leads (client, email, first_name) values ('Bolt', 'ada@x.example', 'Another');
select is((select count(*) from crm_contacts), 2::bigint, 'another client has a contact of its own');
select is((select full_name from crm_contacts where client = 'Acme'), 'Ada Byron', 'and nothing goes across');

insert into engaged_leads (client, email, first_name)
values ('Acme', 'bob@x.example', 'Bob'), ('Acme', 'BOB@x.example', 'Bob'), ('Bolt', 'Bob@x.example', 'Bob');
select is(
  (select count(*) from crm_contacts where lower(email) = 'bob@x.example'), 2::bigint,
  'also within one statement'
);

insert into crm_contacts (client, email, phone) values ('Acme', 'Eve@x.example', '+1');
insert into engaged_leads (client, email, first_name) values ('Acme', 'eve@x.example', 'Eve');
select results_eq(
  $$select email, phone, first_name from crm_contacts where lower(email) = 'eve@x.example'$$,
  $$values ('Eve@x.example', '+1', 'Eve')$$,
  'a contact that a person made is found'
);

update engaged_leads set job_title = 'CTO' where email = 'BOB@x.example';
select is(
  (select job_title from crm_contacts where client = 'Acme' and lower(email) = 'bob@x.example'), 'CTO',
  'an update finds it in any case'
);
select is(
  (select count(*) from crm_contacts where job_title is not null), 1::bigint, 'and nobody else'
);

select * from finish();
rollback;
