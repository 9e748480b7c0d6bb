begin;
select plan(3);

select outbound.enqueue_job('q', 't') from generate_series(1, 3);
select is(
  (select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from outbound.claim_jobs('q', 'w', 3)),
  '{}'::uuid[], 'none was lost'
);
select results_eq(
  'select distinct status::text, completed_at, lease_expires_at from outbound.job_queue',
  $$values ('completed', private.clock(), null::timestamptz)$$, 'all are completed'
);
select is(
  (select outbound.complete_jobs(array_agg(id), array_agg(attempts)) from outbound.job_queue),
  '{}'::uuid[], 'to say it again is no error'
);

select * from finish();
rollback;
