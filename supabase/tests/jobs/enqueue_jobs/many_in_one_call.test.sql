begin;
select plan(5);

select is(
  outbound.enqueue_jobs(jsonb_build_array(
    jsonb_build_object('queue', 'mail', 'type', 'send', 'payload', jsonb_build_object('n', 1)),
    jsonb_build_object('queue', 'mail', 'type', 'send', 'priority', -5, 'max_attempts', 1),
    jsonb_build_object('queue', 'mail', 'type', 'send', 'run_at', private.clock() + interval '1 hour')
  )),
  3, 'three jobs'
);
select results_eq(
  'select status::text, priority, max_attempts, payload from outbound.job_queue order by priority, scheduled_at',
  $$values ('waiting', -5, 1, '{}'::jsonb), ('waiting', 0, 5, '{"n": 1}'), ('delayed', 0, 5, '{}')$$,
  'each as it was told'
);
select is((select count(distinct id) from outbound.job_queue), 3::bigint, 'each has an id of its own');
select is(
  outbound.enqueue_jobs(
    '[{"queue": "s", "type": "t", "dedupe_key": "a", "payload": 1}, {"queue": "s", "type": "t", "dedupe_key": "b"},
      {"queue": "s", "type": "t", "dedupe_key": "a", "payload": 2}]'
  ),
  2, 'two keys are two jobs'
);
select is(
  (select payload from outbound.job_queue where dedupe_key = 'a'), '2'::jsonb, 'the last one of a key counts'
);

select * from finish();
rollback;
