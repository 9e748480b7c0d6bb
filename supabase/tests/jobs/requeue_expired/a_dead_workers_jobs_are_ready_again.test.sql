begin;
select plan(4);

select outbound.enqueue_job('q', 't', '1'), outbound.enqueue_job('q', 't', '2', p_max_attempts => 1),
  outbound.enqueue_job('q', 't', '3');
select * from outbound.claim_jobs('q', 'dead one', 2, '30 seconds');
select tests.set_clock(now() + interval '29 seconds');
select results_eq('select * from outbound.requeue_expired()', 'values (0, 0, false)', 'not while the lease lasts');
select tests.set_clock(now() + interval '31 seconds');
select results_eq('select * from outbound.requeue_expired()', 'values (1, 1, false)', 'one again, one was the last time');
select results_eq(
  'select payload, status::text, last_error from outbound.job_queue order by payload',
  $$values ('1'::jsonb, 'waiting', 'The worker dead one did not finish within its lease.'),
    ('2', 'failed', 'The worker dead one did not finish within its lease.'), ('3', 'waiting', null)$$,
  'with the reason'
);
select results_eq(
  $$select payload, attempt from outbound.claim_jobs('q', 'w', 2)$$, $$values ('1'::jsonb, 2), ('3', 1)$$,
  'and it goes first'
);

select * from finish();
rollback;
