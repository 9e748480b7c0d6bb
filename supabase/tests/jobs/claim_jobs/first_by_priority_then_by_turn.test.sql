begin;
select plan(3);

select outbound.enqueue_jobs(
  '[{"queue": "q", "type": "c"}, {"queue": "q", "type": "d"}, {"queue": "q", "type": "a", "priority": -2},
    {"queue": "q", "type": "e", "priority": 9}, {"queue": "q", "type": "b", "priority": -1}]'
);
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 3)$$, $$values ('a'), ('b'), ('c')$$,
  'the lowest priority first, then who came first'
);
select outbound.enqueue_job('q', 'urgent', p_priority => -7);
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 2)$$, $$values ('urgent'), ('d')$$,
  'an urgent one that came last goes first'
);
select results_eq($$select job_type from outbound.claim_jobs('q', 'w', 2)$$, $$values ('e')$$, 'and the rest');

select * from finish();
rollback;
