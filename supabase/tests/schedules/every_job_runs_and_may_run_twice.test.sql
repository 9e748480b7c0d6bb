begin;
select plan(4);

select results_eq(
  $$select jobname collate "C", schedule from cron.job order by 1$$,
  $$values
    ('fold-counters' collate "C", '5 seconds'), ('refresh-step-stats', '*/10 * * * *'),
    ('retry-failed-webhooks', '* * * * *'),
    ('sweep-cron-runs', '23 4 * * *'), ('sweep-webhook-events', '17 * * * *')$$,
  'what runs when'
);
create function pg_temp.run_all() returns integer language plpgsql as $$
declare
  v_command text;
  v_count integer := 0;
begin
  for v_command in select command from cron.job order by jobname loop
    execute v_command;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
select tests.bison('EMAIL_SENT', now() - interval '1 hour');
select is(pg_temp.run_all(), 5, 'every command works');
select is(pg_temp.run_all(), 5, 'a second time, too');
select is((select emails_sent from public.campaign_reporting), 1::numeric, 'with one effect');

select * from finish();
rollback;
