begin;
select plan(3);

select outbound.enqueue_job('q', 't', '1'), outbound.enqueue_job('q', 't', '2');
create temp table claim as select * from outbound.claim_jobs('q', 'w', 2, '30 seconds');
select outbound.hand_back_jobs(array_agg(id), array_agg(attempt)) from claim where payload = '1';
select is(
  (select outbound.extend_lease(array_agg(id), array_agg(attempt), '10 minutes') from claim),
  array(select id from claim where payload = '1'), 'what is not ours any more'
);
select is(
  (select lease_expires_at from outbound.job_queue where payload = '2'), private.clock() + interval '10 minutes',
  'more time for what is'
);
select is(
  (select outbound.extend_lease(array_agg(id), array_agg(attempt + 1)) from claim),
  array(select id from claim), 'another attempt is not ours'
);

select * from finish();
rollback;
