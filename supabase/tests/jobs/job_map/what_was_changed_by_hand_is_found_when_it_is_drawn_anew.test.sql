begin;
select plan(2);

create function pg_temp.draw() returns void language sql as $$
  select private.draw_job_map(m) from private.job_maps m order by m.version desc limit 1
$$;
-- As after a claim that had to step over many dead entries.
select set_config('millrace.jobs_by_map_until', 'infinity', true);
select outbound.enqueue_job('q', 't') from generate_series(1, 3);
select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from outbound.claim_jobs('q', 'w', 3);
select outbound.enqueue_job('another', 't');
select pg_temp.draw();
select pg_temp.draw();
update outbound.job_queue set status = 'waiting' where queue_name = 'q';
select is((select count(*) from outbound.claim_jobs('q', 'w', 9)), 0::bigint, 'nobody looks there any more');
select private.refresh_jobs(1000, true);
select is((select count(*) from outbound.claim_jobs('q', 'w', 9)), 3::bigint, 'until the map is drawn anew');

select * from finish();
rollback;
