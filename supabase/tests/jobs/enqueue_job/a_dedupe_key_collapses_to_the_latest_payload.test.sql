begin;
select plan(7);

select outbound.enqueue_job('sync', 'contact', '{"v": 1}', p_dedupe_key => 'c1', p_run_at => private.clock() + interval '1 day');
select is(
  outbound.enqueue_job(
    'sync', 'contact', '{"v": 2}', p_dedupe_key => 'c1', p_priority => 4, p_run_at => private.clock() + interval '2 days'
  ),
  (select id from outbound.job_queue),
  'the same job'
);
select results_eq(
  'select payload, scheduled_at, priority from outbound.job_queue',
  $$values ('{"v": 2}'::jsonb, private.clock() + interval '1 day', 0)$$,
  'with the new payload, not later and not less urgent than before'
);
select outbound.enqueue_job('sync', 'contact', '{"v": 3}', p_dedupe_key => 'c1');
select is((select status::text from outbound.job_queue), 'waiting', 'at once when one of them wants it at once');
select is(
  (select payload from outbound.claim_jobs('sync', 'w')), '{"v": 3}'::jsonb, 'the worker gets the latest'
);
select outbound.enqueue_job('sync', 'contact', '{"v": 4}', p_dedupe_key => 'c1');
select is((select count(*) from outbound.job_queue), 2::bigint, 'while it runs, the next one is another job');
select is((select payload from outbound.claim_jobs('sync', 'w')), '{"v": 4}'::jsonb, 'which is run as well');
select outbound.enqueue_job('other', 'contact', '{"v": 5}', p_dedupe_key => 'c1');
select is((select count(*) from outbound.job_queue), 3::bigint, 'another queue has keys of its own');

select * from finish();
rollback;
