begin;
select plan(5);
select tests.connect_slack();
insert into integrations.notice_kinds (kind, description, severity) values ('tested', 'For tests.', 'warning');

select isnt(integrations.notify('tested', 'Acme', 'a', 'First'), null, 'it is told');
select is(integrations.notify('tested', 'Acme', 'a', 'Second'), null, 'its repetition is known');
select isnt(integrations.notify('tested', null, 'b', 'Other'), null, 'another key is another notice');
select results_eq(
  $$select text, client from integrations.notices order by dedupe_key$$,
  $$values ('First', 'Acme'), ('Other', null)$$,
  'both are kept'
);
select results_eq(
  $$select j.job_type::text, j.limit_key, m.content ->> 'text'
    from outbound.job_queue j
    join integrations.slack_messages m on m.id = (j.payload ->> 'message')::uuid
    order by j.turn$$,
  $$values
    ('post_slack_message', 'slack:C1', ':warning: First'), ('post_slack_message', 'slack:C1', ':warning: Other')$$,
  'one job posts each, within the rate of the channel'
);

select * from finish();
rollback;
