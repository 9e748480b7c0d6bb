begin;
select plan(3);

select outbound.enqueue_job('q', 't', '{"v": 1}', p_dedupe_key => 'k');
create temp table claim as select * from outbound.claim_jobs('q', 'w');
select outbound.enqueue_job('q', 't', '{"v": 2}', p_dedupe_key => 'k');
select is((select outbound.fail_job(id, attempt, 'boom') from claim), 'superseded', 'it is not tried again');
select results_eq(
  'select status::text, payload from outbound.job_queue order by payload',
  $$values ('completed', '{"v": 1}'::jsonb), ('waiting', '{"v": 2}')$$, 'the newer one is'
);
select matches(
  (select last_error from outbound.job_queue where status = 'completed'), 'Superseded.*boom', 'and it says so'
);

select * from finish();
rollback;
