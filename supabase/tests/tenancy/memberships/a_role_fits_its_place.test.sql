begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
select throws_ok($$select tests.create_user('admin', 'Acme')$$, '23514', null, 'no admin of one client');
select throws_ok($$select tests.create_user('manager', 'Acme')$$, '23514', null, 'no manager of one client');
select throws_ok($$select tests.create_user('member')$$, '23514', null, 'no member of none');
select throws_ok($$select tests.create_user('owner')$$, '23514', null, 'no other role');
select throws_ok($$select tests.create_user('viewer', 'Nobody')$$, '23503', null, 'no client that is not there');
select throws_ok(
  $$with person as (select tests.create_user('admin') as id)
    insert into integrations.memberships (user_id, role) select id, 'viewer' from person, generate_series(1, 2)$$,
  '23505', null, 'one agency role a person'
);

select * from finish();
rollback;
