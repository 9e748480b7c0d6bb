begin;
select plan(4);

create temp table who as select tests.create_user('viewer') as viewer;
grant select on who to authenticated, service_role;
grant execute on function private.actor() to authenticated, service_role;

select is(private.actor(), 'role:postgres', 'a database role, when nobody says more');
select tests.as_role('service_role');
select is(private.actor(), 'role:service_role', 'also one that was taken on');
select tests.authenticate_as((select viewer from who));
select is(private.actor(), 'user:' || (select viewer from who), 'the signed-in user');
select set_config('millrace.actor', 'key:1', true);
select is(private.actor(), 'key:1', 'what the transaction was told');

select * from finish();
rollback;
