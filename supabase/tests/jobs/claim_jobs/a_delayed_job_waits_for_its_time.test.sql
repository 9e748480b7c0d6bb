begin;
select plan(3);

select outbound.enqueue_job('q', 'later', p_run_at => private.clock() + interval '1 hour');
select outbound.enqueue_job('q', 'now');
select results_eq($$select job_type from outbound.claim_jobs('q', 'w', 5)$$, $$values ('now')$$, 'not before its time');
select outbound.enqueue_job('q', 'newer');
select tests.set_clock(now() + interval '61 minutes');
select private.refresh_jobs();
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 5)$$, $$values ('later'), ('newer')$$,
  'then it goes before those that came after it was due'
);
select outbound.enqueue_job('idle', 'later', p_run_at => private.clock() + interval '1 hour');
select tests.set_clock(private.clock() + interval '61 minutes');
select results_eq(
  $$select job_type from outbound.claim_jobs('idle', 'w', 5)$$, $$values ('later')$$,
  'a worker that finds nothing looks for what has become due'
);

select * from finish();
rollback;
