begin;
select plan(5);

select outbound.enqueue_job('q', 't', '1', p_max_attempts => 1);
select outbound.enqueue_job('q', 't', '2');
select is(
  (select outbound.hand_back_jobs(array_agg(id), array_agg(attempt)) from outbound.claim_jobs('q', 'w', 1)), 1, 'one'
);
select results_eq(
  $$select payload, attempt, max_attempts from outbound.claim_jobs('q', 'w', 1)$$, $$values ('1'::jsonb, 2, 2)$$,
  'it goes first, and the attempt is one more of both'
);
select is(
  (select outbound.hand_back_jobs(array_agg(id), array_agg(1)) from outbound.job_queue), 0, 'an attempt that is over'
);
select is(
  (select outbound.fail_job(id, 2, 'boom') from outbound.job_queue where payload = '1'), 'dead',
  'its only attempt failed'
);
select is(outbound.hand_back_jobs('{}', '{}'), 0, 'nothing');

select * from finish();
rollback;
