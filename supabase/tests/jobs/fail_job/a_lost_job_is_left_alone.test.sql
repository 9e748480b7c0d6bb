begin;
select plan(3);

select outbound.enqueue_job('q', 't');
create temp table claim as select * from outbound.claim_jobs('q', 'slow', 1, '30 seconds');
select tests.set_clock(now() + interval '31 seconds');
select outbound.requeue_expired();
create temp table second as select * from outbound.claim_jobs('q', 'other', 1);
select is((select outbound.fail_job(id, attempt, 'late') from claim), 'lost', 'somebody else has it');
select results_eq(
  'select status::text, worker from outbound.job_queue', $$values ('active', 'other')$$, 'and keeps it'
);
select is(outbound.fail_job(gen_random_uuid(), 1, 'unknown'), 'lost', 'as a job that does not exist');

select * from finish();
rollback;
