begin;
select plan(4);

select set_eq(
  'select jobname, schedule from cron.job', 'select job, schedule from integrations.schedules', 'cron has exactly these'
);
create function pg_temp.run_all() returns setof text language plpgsql as $$
declare
  v_job text;
begin
  for v_job in select job from integrations.schedules order by job loop
    perform private.run_schedule(v_job);
  end loop;
  return query
  select concat_ws(' ', h.job, h.last_outcome, h.last_error)
  from integrations.schedule_health h
  where h.last_outcome is distinct from 'succeeded';
end
$$;
select tests.bison('EMAIL_SENT', now() - interval '1 hour');
select is_empty('select pg_temp.run_all()', 'every command works');
select is_empty('select pg_temp.run_all()', 'a second time, too');
select is((select emails_sent from public.campaign_reporting), 1::numeric, 'with one effect');

select * from finish();
rollback;
