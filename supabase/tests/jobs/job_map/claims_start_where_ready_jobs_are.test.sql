begin;
select plan(6);

create function pg_temp.draw() returns void language sql as $$
  select private.draw_job_map(m) from private.job_maps m order by m.version desc limit 1
$$;
select set_config('millrace.jobs_by_map_until', 'infinity', true);
select outbound.enqueue_job('q', 't', to_jsonb(i), p_priority => i % 2) from generate_series(1, 10) i;
select pg_temp.draw();
select results_eq(
  $$select l.priority from private.job_maps as m, unnest(m.lanes) as l where m.version = (select max(version) from private.job_maps) and l.queue_name = 'q'$$,
  $$values (0::bigint), (1), (2147483648)$$, 'a lane for each priority, and one for what lies beyond'
);
select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from outbound.claim_jobs('q', 'w', 5);
select pg_temp.draw();
select pg_temp.draw();
select cmp_ok(
  (select l.new_from from private.job_maps as m, unnest(m.lanes) as l where m.version = (select max(version) from private.job_maps) and l.queue_name = 'q' and l.priority = 0),
  '>=', (select max(turn) from outbound.job_queue where status = 'completed'),
  'an empty lane begins after what was done'
);
select is(
  (select l.new_from from private.job_maps as m, unnest(m.lanes) as l where m.version = (select max(version) from private.job_maps) and l.queue_name = 'q' and l.priority = 1),
  (select min(turn) from outbound.job_queue where status = 'waiting'), 'another one with its first ready job'
);
select outbound.enqueue_job('q', 'between', p_priority => 0), outbound.enqueue_job('q', 'new priority', p_priority => -9),
  outbound.enqueue_job('q', 'beyond', p_priority => 99);
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 2)$$, $$values ('new priority'), ('between')$$,
  'nothing that comes later is overlooked'
);
select is((select count(*) from outbound.claim_jobs('q', 'w', 99)), 6::bigint, 'and the rest');
select outbound.enqueue_job('q', 't', p_priority => i) from generate_series(1, 300) i;
select pg_temp.draw();
select is(
  (select count(*) from outbound.claim_jobs('q', 'w', 1000)), 300::bigint, 'priorities without end are no harm'
);

select * from finish();
rollback;
