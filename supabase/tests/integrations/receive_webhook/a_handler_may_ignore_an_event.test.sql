begin;
select plan(2);

select is(
  tests.bison('TAG_ATTACHED', null, '{"taggable_type": "Workspace"}'), 'ignored', 'the handler wants no such thing'
);
select is((select status from integrations.webhook_events), 'ignored', 'the event says so');

select * from finish();
rollback;
