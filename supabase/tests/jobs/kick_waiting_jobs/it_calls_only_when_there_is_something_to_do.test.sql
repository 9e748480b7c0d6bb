begin;
select plan(3);

insert into private.job_kicks values (clock_timestamp() - interval '1 hour');
delete from vault.secrets where name like 'jobs_%';
select vault.create_secret('http://127.0.0.1:9/jobs', 'jobs_url');
select vault.create_secret('some secret', 'jobs_secret');
select is(private.kick_waiting_jobs(), 'nothing waits', 'an empty queue');
select outbound.enqueue_job('q', 't', p_run_at => private.clock() + interval '1 hour');
select is(private.kick_waiting_jobs(), 'nothing waits', 'a job for later');
select tests.set_clock(now() + interval '61 minutes');
delete from private.job_kicks;
select is(private.kick_waiting_jobs(), 'kicked', 'whose time has come');

select * from finish();
rollback;
