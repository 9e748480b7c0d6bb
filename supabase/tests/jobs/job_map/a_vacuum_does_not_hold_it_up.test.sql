begin;
select plan(4);

create function pg_temp.draw() returns void language sql as $$
  select private.draw_job_map(m) from private.job_maps m order by m.version desc limit 1
$$;
-- Another session has the lock of a vacuum from before the first drawing until after the last.
create extension dblink with schema extensions;
select extensions.dblink_connect('other', format(
  'host=127.0.0.1 port=%s dbname=%s user=postgres password=postgres', current_setting('port'), current_database()
));
select extensions.dblink_exec('other', 'begin');
select extensions.dblink_exec('other', 'lock table outbound.job_queue in share update exclusive mode');
select is(private.queue_writers(), '{}'::text[], 'who vacuums the queue writes no job');
select set_config('millrace.jobs_by_map_until', 'infinity', true);
select outbound.enqueue_job('q', 't') from generate_series(1, 3);
select outbound.complete_jobs(array_agg(id), array_agg(attempt)) from outbound.claim_jobs('q', 'w', 3);
select pg_temp.draw();
select pg_temp.draw();
select cmp_ok(
  (
    select l.new_from
    from private.job_maps as m, unnest(m.lanes) as l
    where m.version = (select max(version) from private.job_maps) and l.queue_name = 'q' and l.priority = 2147483648
  ),
  '>=', (select max(turn) from outbound.job_queue), 'the map moves on'
);
select extensions.dblink_exec('other', 'lock table outbound.job_queue in row exclusive mode');
select is(cardinality(private.queue_writers()), 1, 'who writes is waited for');
select extensions.dblink_exec('other', 'rollback');
select is(private.queue_writers(), '{}'::text[], 'until the end');
select extensions.dblink_disconnect('other');

select * from finish();
rollback;
