begin;
select plan(2);

select outbound.enqueue_job('q', 'one');
select outbound.enqueue_jobs('[{"queue": "q", "type": "two"}, {"queue": "q", "type": "three"}]');
select outbound.enqueue_job('q', 'four', p_dedupe_key => 'four');
select outbound.enqueue_job('q', 'five');
select results_eq(
  'select job_type::text from outbound.job_queue order by id',
  $$values ('one'), ('two'), ('three'), ('four'), ('five')$$,
  'however they came'
);
select is(
  (select count(*) from outbound.job_queue where id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7000-8[0-9a-f]{3}-[0-9a-f]{12}$'),
  5::bigint, 'and each is a UUID of version 7'
);

select * from finish();
rollback;
