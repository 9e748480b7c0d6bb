begin;
select plan(4);

select setseed(0.5); -- the same waits in every run
select outbound.enqueue_job('q', 't') from generate_series(1, 300);
create temp table wait as
select outbound.fail_job(c.id, c.attempt, 'slow down', '90 seconds') as outcome from outbound.claim_jobs('q', 'w', 300) as c;
select is((select count(*) from wait where outcome = 'delayed'), 300::bigint, 'all are tried again');
select is_empty(
  $$
    select scheduled_at from outbound.job_queue
    where scheduled_at not between private.clock() + interval '90 seconds' and private.clock() + interval '99 seconds'
  $$,
  'never sooner than asked for, and not much later'
);
select cmp_ok((select count(distinct scheduled_at) from outbound.job_queue), '>', 100::bigint, 'not all at once');
select outbound.enqueue_job('r', 't');
select outbound.fail_job(c.id, c.attempt, 'much later', '1 year') from outbound.claim_jobs('r', 'w') as c;
select cmp_ok(
  (select scheduled_at from outbound.job_queue where queue_name = 'r'), '<', private.clock() + interval '8 days',
  'a week at most'
);

select * from finish();
rollback;
