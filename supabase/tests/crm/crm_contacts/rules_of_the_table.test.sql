begin;
select plan(16);

insert into crm_contacts (client, first_name, last_name)
values ('Acme', ' Ada', 'Byron '), ('Acme', 'Bob', null), ('Acme', null, null);
select results_eq(
  'select full_name from crm_contacts order by full_name', $$values ('Ada Byron'), ('Bob'), (null)$$,
  'the full name is made of its parts'
);
select throws_ok(
  $$insert into crm_contacts (client, full_name) values ('Acme', 'Ada')$$, '428C9', null, 'and of nothing else'
);

insert into crm_contacts (client, email) values ('Acme', 'a@x.example'), ('Bolt', 'a@x.example');
select throws_ok(
  $$insert into crm_contacts (client, email) values ('Acme', 'A@X.example')$$, '23505', null,
  'one live contact for a client and address, in any case'
);
update crm_contacts set deleted_at = now() where client = 'Acme' and email = 'a@x.example';
select lives_ok(
  $$insert into crm_contacts (client, email) values ('Acme', 'A@x.example')$$, 'a deleted one does not count'
);
select throws_ok(
  $$update crm_contacts set deleted_at = null where client = 'Acme' and email = 'a@x.example'$$, '23505', null,
  'nor can it be restored beside another'
);

select lives_ok(
  format('insert into crm_contacts (client, status) values (%L, %L)', 'Acme', status),
  'status ' || coalesce(status, 'null')
)
from unnest(array['cold', 'warm', 'hot', 'in-contract', 'customer', 'inactive', null]) as status;
select throws_ok(
  $$insert into crm_contacts (client, status) values ('Acme', 'Hot')$$, '23514', null, 'no other status'
);
select throws_ok(
  $$insert into crm_contacts (client, tags) values ('Acme', '{"a": 1}')$$, '23514', null, 'tags are a list'
);

update crm_contacts set updated_at = '2020-01-01';
update crm_contacts set phone = '1' where email = 'A@x.example';
select is(
  (select count(*) from crm_contacts where updated_at = now()), (select count(*) from crm_contacts),
  'updated_at is kept'
);

select is(
  (
    select indexdef ~ 'USING gin \(pipeline_progress\)'
    from pg_indexes
    where indexname = 'idx_crm_contacts_pipeline_progress'
  ),
  true, 'milestones have their index'
);

select * from finish();
rollback;
