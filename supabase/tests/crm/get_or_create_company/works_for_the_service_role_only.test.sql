begin;
select plan(3);

select tests.as_role('service_role');
select isnt(get_or_create_company('acme.com'), null, 'the service may');
select tests.clear();
select tests.as_role('anon');
select throws_ok($$select get_or_create_company('acme.com')$$, '42501', null, 'anon may not');
select tests.clear();
select tests.authenticate_as(tests.create_user('admin'));
select throws_ok($$select get_or_create_company('acme.com')$$, '42501', null, 'a user may not, not even an admin');

select * from finish();
rollback;
