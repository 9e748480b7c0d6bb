begin;
select plan(5);

select outbound.enqueue_job('q', 't', p_max_attempts => 1);
select outbound.fail_job(c.id, c.attempt, 'boom') from outbound.claim_jobs('q', 'w') as c;
select is((select outbound.retry_dead(array_agg(id)) from outbound.job_queue), 1, 'one');
select is((select outbound.retry_dead(array_agg(id)) from outbound.job_queue), 0, 'which is not dead any more');
select results_eq(
  $$select attempt, max_attempts from outbound.claim_jobs('q', 'w')$$, 'values (2, 2)', 'one more attempt'
);
select outbound.complete_jobs(array_agg(id), array_agg(1)) from outbound.job_queue;
select is((select status::text from outbound.job_queue), 'active', 'who had it first cannot complete it');
select is(outbound.retry_dead(array[gen_random_uuid()]), 0, 'an unknown one');

select * from finish();
rollback;
