begin;
select plan(5);

insert into engaged_leads (client, email, first_name)
values (null, 'a@x.example', 'Ada'), ('Acme', '', 'Bob'), ('Acme', '   ', 'Cat'), ('Acme', 'd@x.example', 'Dan');
select results_eq('select first_name from crm_contacts', $$values ('Dan')$$, 'no client or no address, no contact');

update engaged_leads set first_name = first_name || '!';
select results_eq('select first_name from crm_contacts', $$values ('Dan!')$$, 'nor by an update');

update engaged_leads set client = 'Acme' where client is null;
update engaged_leads set email = 'b@x.example' where email = '';
select results_eq(
  'select email, first_name from crm_contacts order by 1',
  $$values ('a@x.example', 'Ada!'), ('b@x.example', 'Bob!'), ('d@x.example', 'Dan!')$$,
  'as soon as it has both there is one, with everything'
);

update engaged_leads set email = ' ' where email = 'b@x.example';
update engaged_leads set client = null where email = 'a@x.example';
select is(
  (select count(*) from crm_contacts where email is not null), 3::bigint, 'a lead that loses its key leaves its contact'
);

select lives_ok(
  $$
    insert into engaged_leads (client, email, first_name, company_domain)
    values
      ('Acme', repeat('é', 300) || '@x.example', E'\t''"\\%_', '%00'),
      ('Ac''me "x"', '"o''brien %s"@x.example', '{}', '')
  $$,
  'odd signs are signs'
);

select * from finish();
rollback;
