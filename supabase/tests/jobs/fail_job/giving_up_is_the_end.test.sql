begin;
select plan(2);

select outbound.enqueue_job('q', 't', p_max_attempts => 9);
select is(
  (select outbound.fail_job(c.id, c.attempt, 'no such address', p_give_up => true) from outbound.claim_jobs('q', 'w') as c),
  'dead', 'dead at once'
);
select results_eq(
  'select status::text, last_error from outbound.job_queue', $$values ('failed', 'no such address')$$, 'with the reason'
);

select * from finish();
rollback;
