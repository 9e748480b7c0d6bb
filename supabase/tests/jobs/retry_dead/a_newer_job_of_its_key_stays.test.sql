begin;
select plan(2);

select outbound.enqueue_job('q', 't', '1', p_max_attempts => 1, p_dedupe_key => 'k');
select outbound.fail_job(c.id, c.attempt, 'boom') from outbound.claim_jobs('q', 'w') as c;
select outbound.enqueue_job('q', 't', '2', p_dedupe_key => 'k');
select is((select outbound.retry_dead(array_agg(id)) from outbound.job_queue), 0, 'it is left');
select is((select count(*) from outbound.job_queue where status = 'waiting'), 1::bigint, 'one waits for the key');

select * from finish();
rollback;
