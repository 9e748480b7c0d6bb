begin;
select plan(7);
select tests.connect_slack();
insert into integrations.notice_kinds (kind, description, severity) values ('tested', 'For tests.', 'warning');
insert into integrations.slack_channels (kind, client, channel)
values ('tested', null, 'C2'), (null, 'Acme', 'C3'), ('tested', 'Acme', 'C4');
insert into public."Clients" ("Business") values ('Globex');

select is(private.slack_channel_of('other', 'Globex'), 'C1', 'what nobody named goes to the channel for all');
select is(private.slack_channel_of('tested', 'Globex'), 'C2', 'a kind may have its own');
select is(private.slack_channel_of('other', 'Acme'), 'C3', 'a client''s own comes before that');
select is(private.slack_channel_of('tested', 'Acme'), 'C4', 'and a client''s of the kind before all');

update integrations.notice_kinds set enabled = false where kind = 'tested';
select integrations.notify('tested', 'Acme', 'quiet', 'Quiet');
select is(
  (select count(*) from integrations.slack_messages), 0::bigint, 'a kind that is not enabled is kept and not posted'
);
update integrations.slack_workspaces set is_active = false;
select is(private.slack_channel_of('tested', 'Acme'), null, 'without a workspace nothing is posted');
select throws_ok($$select integrations.notify('unheard', 'Acme', 'x', 'x')$$, 'MR002', null, 'a kind must be known');

select * from finish();
rollback;
