-- Every schedule. Each tick is bounded, safe to run twice at once, and leaves a row in integrations.schedule_runs.
-- Where pg_cron knows no seconds they run each minute: what they do is current all the same, or only a wake-up.

insert into integrations.schedules (job, schedule, every, command, most_rounds, keep)
select
  s.job,
  case when s.schedule like '%seconds' and not private.knows_seconds() then '* * * * *' else s.schedule end,
  case when s.schedule like '%seconds' and not private.knows_seconds() then interval '1 minute' else s.every end,
  s.command, s.most_rounds, s.keep
from (
  values
    ('fold-counters', '5 seconds', interval '5 seconds', 'select private.fold_all_counters() as folded', 1,
      interval '1 day'),
    -- One event a transaction: a longer one would hold the locks of many people and deadlock with deliveries.
    ('retry-failed-webhooks', '* * * * *', interval '1 minute',
      'select * from integrations.retry_failed_webhooks(1)', 200, interval '3 days'),
    ('kick-jobs', '10 seconds', interval '10 seconds', 'select private.kick_waiting_jobs() as kick', 1,
      interval '1 day'),
    ('requeue-expired-jobs', '10 seconds', interval '10 seconds', 'select * from outbound.requeue_expired()', 20,
      interval '1 day'),
    ('redraw-job-map', '*/10 * * * *', interval '10 minutes', 'select private.refresh_jobs(1000, true) as drawn', 1,
      interval '3 days'),
    ('sweep-jobs', '37 * * * *', interval '1 hour', 'select * from outbound.sweep_jobs()', 200, interval '14 days'),
    ('refresh-step-stats', '*/10 * * * *', interval '10 minutes',
      'select private.refresh_step_stats(current_date - 2) as refreshed', 1, interval '3 days'),
    ('sweep-webhook-events', '17 * * * *', interval '1 hour', 'select * from integrations.sweep_webhook_events()', 20,
      interval '14 days'),
    ('relay-outbox', '5 seconds', interval '5 seconds', 'select private.relay_outbox_tick() as relayed', 1,
      interval '1 day'),
    ('sweep-outbox', '7 * * * *', interval '1 hour', 'select * from private.sweep_outbox()', 50, interval '14 days'),
    ('sweep-domain-event-logs', '11 * * * *', interval '1 hour', 'select * from private.sweep_domain_event_logs()', 50,
      interval '14 days'),
    ('sweep-webhook-logs', '13 * * * *', interval '1 hour', 'select * from private.sweep_webhook_logs()', 50,
      interval '14 days'),
    ('sweep-audit-log', '29 3 * * *', interval '1 day', 'select * from integrations.sweep_audit_log()', 200,
      interval '30 days'),
    ('sweep-api-requests', '31 * * * *', interval '1 hour', 'select * from private.sweep_api_requests()', 50,
      interval '14 days'),
    ('sweep-schedule-runs', '23 * * * *', interval '1 hour', 'select * from private.sweep_schedule_runs()', 50,
      interval '14 days')
) as s (job, schedule, every, command, most_rounds, keep);

select cron.schedule(s.job, s.schedule, private.schedule_command(s.job)) from integrations.schedules s;
