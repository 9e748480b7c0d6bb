begin;
select plan(8);
select tests.connect_slack();
select tests.set_clock('2026-03-02 15:10:00+00');
create temp view told as select kind, client, text, message_id is not null as is_posted from integrations.notices;
create function pg_temp.die(p_type text, p_queue text, p_error text) returns void language plpgsql as $$
declare
  v_id uuid := outbound.enqueue_job(p_queue, p_type, '{}');
begin
  update outbound.job_queue
  set status = 'failed', attempts = 5, started_at = private.clock(), last_error = p_error where id = v_id;
end $$;

select is((select told from private.tell_dead()), 0, 'nothing died');
select pg_temp.die('sync_page', 'sync', 'EmailBison answered 401');
select pg_temp.die('sync_page', 'sync', 'EmailBison answered 401');
select pg_temp.die('post_slack_message', 'slack', 'Slack chat.postMessage: not_in_channel');
select is((select told from private.tell_dead()), 2, 'two kinds of job did');
select results_eq(
  'select kind, text, is_posted from told order by kind',
  $$values
    ('dead_jobs', '2 jobs of type `sync_page` failed for good. The last one: EmailBison answered 401', true),
    (
      'dead_slack_jobs',
      'A job of type `post_slack_message` failed for good. The last one: Slack chat.postMessage: not_in_channel', false
    )$$,
  'what Slack itself cannot do is kept, not posted'
);
select pg_temp.die('sync_page', 'sync', 'again');
select is((select told from private.tell_dead()), 0, 'more of a type in the same hour is no news');
select tests.set_clock('2026-03-02 16:01:00+00');
select pg_temp.die('sync_page', 'sync', 'again');
select is((select told from private.tell_dead()), 1, 'in the next hour it is');

insert into integrations.webhook_events
  (provider, client, endpoint_id, delivery_key, event_type, payload, status, received_at, last_error)
values
  ('bison', 'Acme', 1, 'a', 'LEAD_REPLIED', '{}', 'dead', private.clock(), 'no reply'),
  ('bison', 'Acme', 1, 'b', 'LEAD_REPLIED', '{}', 'dead', private.clock(), 'no <reply>'),
  ('bison', 'Acme', 1, 'c', 'LEAD_REPLIED', '{}', 'failed', private.clock(), 'wait');
select is((select told from private.tell_dead()), 1, 'dead deliveries');
select matches(
  (select text from told where kind = 'dead_webhooks' and client = 'Acme'),
  '^2 deliveries of bison \(`LEAD_REPLIED`\) cannot be handled. The last one, \d+: no <reply>. `/millrace replay \d+`',
  'with what to do'
);
select is((select told from private.tell_dead()), 0, 'once');

select * from finish();
rollback;
