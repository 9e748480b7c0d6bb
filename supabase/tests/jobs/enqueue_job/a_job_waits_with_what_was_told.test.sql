begin;
select plan(4);

select outbound.enqueue_job('mail', 'send', '{"to": 7}', p_priority => 3, p_max_attempts => 2);
select results_eq(
  'select queue_name::text, job_type::text, payload, status::text, priority, attempts, max_attempts from outbound.job_queue',
  $$values ('mail', 'send', '{"to": 7}'::jsonb, 'waiting', 3, 0, 2)$$,
  'everything is noted'
);
select is(
  (select scheduled_at from outbound.job_queue), private.clock(), 'it is due at once'
);
create temp table later as
select outbound.enqueue_job('mail', 'send', p_run_at => private.clock() + interval '1 hour') as id;
select is(
  (select id from later), (select id from outbound.job_queue where status = 'delayed'),
  'one for later is delayed, and its id is told'
);
select cmp_ok(
  (select id from outbound.job_queue where status = 'waiting'), '<',
  private.first_job_id(private.clock() + interval '1 second'), 'its id begins with its time'
);

select * from finish();
rollback;
