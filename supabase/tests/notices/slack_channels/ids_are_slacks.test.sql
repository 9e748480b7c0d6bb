begin;
select plan(3);

select throws_ok(
  $$insert into integrations.slack_channels (channel) values ('#approvals')$$, 'MR002',
  '"#approvals" is no channel''s ID of Slack.', 'a name is no channel''s ID'
);
select throws_ok(
  $$insert into integrations.slack_users (slack_id, name) values ('@ada', 'Ada')$$, 'MR002',
  '"@ada" is no member''s ID of Slack.', 'nor a member''s'
);
select lives_ok($$insert into integrations.slack_channels (channel) values ('C0APPROVALS')$$, 'an ID is');

select * from finish();
rollback;
