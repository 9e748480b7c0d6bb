-- Every schedule. Each tick is bounded and safe to run twice at once. pg_cron before 1.5 knows no seconds: there the
-- fold runs each minute, and reads through the *_current views are current all the same.

select cron.schedule(
  'fold-counters',
  case
    when exists (
      select
      from pg_extension e
      where e.extname = 'pg_cron'
        and string_to_array(e.extversion, '.')::integer[] < array[1, 5]
    )
    then '* * * * *'
    else '5 seconds'
  end,
  'select private.fold_all_counters()'
);
-- One event a transaction: a longer one would hold the locks of many people and deadlock with deliveries.
select cron.schedule(
  'retry-failed-webhooks',
  '* * * * *',
  $$
    do $retry$
    begin
      for i in 1..200 loop
        exit when not (select r.has_more from integrations.retry_failed_webhooks(1) as r);
        commit;
      end loop;
    end
    $retry$
  $$
);
select cron.schedule('refresh-step-stats', '*/10 * * * *', 'select private.refresh_step_stats(current_date - 2)');
select cron.schedule('sweep-webhook-events', '17 * * * *', 'select * from integrations.sweep_webhook_events()');
select cron.schedule(
  'sweep-cron-runs',
  '23 4 * * *',
  $$delete from cron.job_run_details where end_time < now() - interval '7 days'$$
);
