begin;
select plan(4);

insert into private.job_kicks values (clock_timestamp() - interval '1 hour');
select vault.create_secret('http://127.0.0.1:9/jobs', 'jobs_url');
select vault.create_secret('some secret', 'jobs_secret');
delete from net.http_request_queue;
select outbound.enqueue_job('mail', 'send');
select results_eq(
  $$select url, headers ->> 'Authorization' from net.http_request_queue$$,
  $$values ('http://127.0.0.1:9/jobs', 'Bearer some secret')$$,
  'the first job calls'
);
-- However slow the machine is: the second does not end. The session remembers it, and another one reads it.
select set_config('millrace.jobs_kicked_at', 'infinity', true);
select outbound.enqueue_job('mail', 'send') from generate_series(1, 10);
insert into private.job_kicks values (clock_timestamp() + interval '1 hour');
select set_config('millrace.jobs_kicked_at', '', true);
select outbound.enqueue_job('mail', 'send') from generate_series(1, 10);
select is((select count(*) from net.http_request_queue), 1::bigint, 'one call for all jobs of a second');
delete from net.http_request_queue;
update private.job_kicks set kicked_at = kicked_at - interval '1 day';
select set_config('millrace.jobs_kicked_at', '', true);
select outbound.enqueue_job('mail', 'send');
select is((select count(*) from net.http_request_queue), 1::bigint, 'the next second has its own');
delete from net.http_request_queue;
update private.job_kicks set kicked_at = kicked_at - interval '1 day';
select set_config('millrace.jobs_kicked_at', '', true);
select outbound.enqueue_job('mail', 'send', p_run_at => private.clock() + interval '1 hour');
select is((select count(*) from net.http_request_queue), 0::bigint, 'a job for later wakes nobody');

select * from finish();
rollback;
