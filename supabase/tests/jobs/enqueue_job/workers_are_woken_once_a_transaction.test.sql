begin;
select plan(2);

insert into private.job_kicks values (clock_timestamp() - interval '1 hour');
select vault.create_secret('http://127.0.0.1:9/jobs', 'jobs_url');
select vault.create_secret('some secret', 'jobs_secret');
delete from net.http_request_queue;
select outbound.enqueue_job('mail', 'send') from generate_series(1, 20);
select results_eq(
  $$select url, headers ->> 'Authorization' from net.http_request_queue$$,
  $$values ('http://127.0.0.1:9/jobs', 'Bearer some secret')$$,
  'one call for twenty jobs'
);
delete from net.http_request_queue;
select outbound.enqueue_job('mail', 'send', p_run_at => private.clock() + interval '1 hour');
select is((select count(*) from net.http_request_queue), 0::bigint, 'a job for later wakes nobody');

select * from finish();
rollback;
