begin;
select plan(2);

select outbound.enqueue_job('a', 'a'), outbound.enqueue_job('b', 'b'), outbound.enqueue_job('c', 'c');
select results_eq(
  $$select job_type from outbound.claim_jobs('b', 'w', 9)$$, $$values ('b')$$, 'a queue that is named'
);
select set_eq(
  $$select job_type from outbound.claim_jobs(null, 'w', 9)$$, $$values ('a'), ('c')$$, 'or all of them'
);

select * from finish();
rollback;
