begin;
select plan(4);

select outbound.enqueue_job('q', 't', '{"a": 1}', p_max_attempts => 3);
select results_eq(
  $$select id, job_type, payload, attempt, max_attempts from outbound.claim_jobs('q', 'first', 5, '90 seconds')$$,
  $$select id, 't', '{"a": 1}'::jsonb, 1, 3 from outbound.job_queue$$, 'the job, its attempt and how many there may be'
);
select results_eq(
  'select status::text, worker, attempts, started_at, lease_expires_at from outbound.job_queue',
  $$values ('active', 'first', 1, private.clock(), private.clock() + interval '90 seconds')$$, 'its lease is noted'
);
select is_empty($$select * from outbound.claim_jobs('q', 'second', 5)$$, 'nobody else gets it');
select is_empty($$select * from outbound.claim_jobs(null, 'second', 5)$$, 'by no other name of the queue');

select * from finish();
rollback;
