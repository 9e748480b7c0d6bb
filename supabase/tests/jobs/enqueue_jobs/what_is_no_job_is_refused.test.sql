begin;
select plan(5);

select throws_ok($$select outbound.enqueue_jobs('{"queue": "q", "type": "t"}')$$, '22023', null, 'no array');
select throws_ok($$select outbound.enqueue_jobs('["t"]')$$, null, null, 'no object');
select throws_ok($$select outbound.enqueue_jobs('[{"queue": "q"}]')$$, '23502', null, 'no type');
select throws_ok(
  $$select outbound.enqueue_jobs('[{"queue": "q", "type": "t", "run_at": "never"}]')$$, '22007', null, 'no time'
);
select outbound.enqueue_jobs('[{"queue": "q", "type": "t", "payload": null, "run_at": null, "dedupe_key": null}]');
select results_eq(
  'select payload, status::text from outbound.job_queue', $$values ('{}'::jsonb, 'waiting')$$, 'null is as not told'
);

select * from finish();
rollback;
