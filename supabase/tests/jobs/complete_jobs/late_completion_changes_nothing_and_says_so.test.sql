begin;
select plan(5);

select outbound.enqueue_job('q', 't', '1'), outbound.enqueue_job('q', 't', '2');
create temp table claim as select * from outbound.claim_jobs('q', 'slow', 2, '30 seconds');
select outbound.extend_lease(array_agg(id), array_agg(attempt), '1 hour') from claim where payload = '2';
select tests.set_clock(now() + interval '31 seconds');
select outbound.requeue_expired();
select is(
  (select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from claim),
  array(select id from claim where payload = '1'), 'the one whose lease was over is told'
);
select is((select status::text from outbound.job_queue where payload = '1'), 'waiting', 'it waits as before');
select is((select status::text from outbound.job_queue where payload = '2'), 'completed', 'the other one is done');
create temp table second as select * from outbound.claim_jobs('q', 'other', 1);
select is(
  (select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from claim where payload = '1'),
  array(select id from second), 'also while somebody else has it'
);
select is(
  (select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from second), '{}'::uuid[],
  'who may complete it'
);

select * from finish();
rollback;
