begin;
select plan(3);

select ok(has_function_privilege('job_worker', 'shared.relay_outbox(integer)', 'execute'), 'a worker may');
select ok(not has_table_privilege('job_worker', 'shared.outbox_events', 'select'), 'and sees nothing of the outbox');
select tests.authenticate_as(tests.create_user('admin'));
select throws_ok('select * from shared.relay_outbox()', '42501', null, 'a person may not');

select * from finish();
rollback;
