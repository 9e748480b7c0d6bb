begin;
select plan(4);

select set_config('millrace.jobs_at_front_until', 'infinity', true);
select outbound.enqueue_jobs(jsonb_agg('{"queue": "q", "type": "t"}'::jsonb)) from generate_series(1, 9000);
select is((select count(*) from outbound.claim_jobs('q', 'w', 9000)), 9000::bigint, 'a long queue is worked off');
select outbound.enqueue_job('q', 'next');
create temp table before as select clock_timestamp() as at;
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w')$$, $$values ('next')$$, 'what comes then is found behind it'
);
select cmp_ok(
  current_setting('millrace.jobs_by_map_until', true)::timestamptz, '>', (select at + interval '1 second' from before),
  'at a price: the map is asked for a while'
);
select outbound.enqueue_job('q', 'last'), outbound.enqueue_job('q', 'urgent', p_priority => -1);
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 2)$$, $$values ('urgent'), ('last')$$, 'and knows them all'
);

select * from finish();
rollback;
