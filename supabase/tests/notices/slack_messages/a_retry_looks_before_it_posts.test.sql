begin;
select plan(8);
select tests.connect_slack();
insert into integrations.notice_kinds (kind, description, severity) values ('tested', 'For tests.', 'warning');
select integrations.notify('tested', 'Acme', 'a', 'First');
create temp table posted as select id from integrations.slack_messages;
grant select on posted to job_worker;
select tests.set_clock('2026-03-02 10:00:00+00');

select results_eq(
  $$select outcome, channel, revision, sending_since from integrations.start_slack_message((select id from posted))$$,
  $$values ('post', 'C1', 1, '2026-03-02 10:00:00+00'::timestamptz)$$, 'at first it is to be posted'
);
select is((select status from integrations.slack_messages), 'sending', 'and noted as being sent');
select tests.set_clock('2026-03-02 10:05:00+00');
select results_eq(
  $$select outcome, sending_since from integrations.start_slack_message((select id from posted))$$,
  $$values ('look_up', '2026-03-02 10:00:00+00'::timestamptz)$$, 'then it is looked up, since that time'
);
select integrations.finish_slack_message((select id from posted), '1.1', 1);
select is((select outcome from integrations.start_slack_message((select id from posted))), 'posted', 'then it is posted');
select integrations.finish_slack_message((select id from posted), '2.2', 1);
select is((select ts from integrations.slack_messages), '1.1', 'a second finish changes nothing');
select is((select outcome from integrations.start_slack_message(gen_random_uuid())), 'gone', 'one that is gone');
update integrations.slack_workspaces set is_active = false;
update integrations.slack_messages set status = 'waiting', ts = null;
select is(
  (select outcome from integrations.start_slack_message((select id from posted))), 'not_connected', 'or nowhere to post'
);
select is((select status from integrations.slack_messages), 'waiting', 'is not noted as sent');

select * from finish();
rollback;
