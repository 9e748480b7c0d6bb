begin;
select plan(2);
select tests.connect_slack();
insert into integrations.notice_kinds (kind, description, severity) values ('tested', 'For tests.', 'warning');

select integrations.notify(
  'tested', 'Acme', 'a', '<!channel> & <@U9> say *hello*', '{"mentions": ["U1", "<!here>", "U2"]}'
);
select is(
  (select content ->> 'text' from integrations.slack_messages),
  ':warning: &lt;!channel&gt; &amp; &lt;@U9&gt; say *hello* <@U1> <@U2>',
  'what others wrote is shown as it is; who is mentioned, the details say'
);
select is(
  (select content #>> '{blocks,1,elements,0,text}' from integrations.slack_messages), 'Acme', 'the client is named'
);

select * from finish();
rollback;
