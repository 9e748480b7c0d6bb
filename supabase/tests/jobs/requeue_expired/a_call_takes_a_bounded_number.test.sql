begin;
select plan(2);

select outbound.enqueue_job('q', 't') from generate_series(1, 5);
select * from outbound.claim_jobs('q', 'w', 5, '-1 second');
select results_eq('select * from outbound.requeue_expired(3)', 'values (3, 0, true)', 'three, and more is left');
select results_eq('select * from outbound.requeue_expired(3)', 'values (2, 0, false)', 'the rest');

select * from finish();
rollback;
