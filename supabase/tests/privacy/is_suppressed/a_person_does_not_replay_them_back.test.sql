begin;
select plan(4);

create function pg_temp.body() returns jsonb language sql as $$
  select '{"event": {"type": "EMAIL_SENT"}, "data": {"campaign": {"id": 401}, "lead": {"email": "Casey@fabrikam.test"}}}'::jsonb
$$;
create function pg_temp.replay(p_body jsonb default null) returns text language sql as $$
  select integrations.replay_webhook((select id from integrations.webhook_events), p_body)
$$;
select tests.endpoint('bison');
select integrations.erase_person('casey@fabrikam.test');
select tests.deliver(tests.endpoint('bison'), 'EMAIL_SENT', '2026-03-02 10:00Z', pg_temp.body());

select throws_ok(
  'select pg_temp.replay()', 'MR002', 'Nothing of this event is left, as its person was erased.', 'there is nothing to replay'
);
select throws_ok(
  'select pg_temp.replay(pg_temp.body())', 'MR003', 'This event is about a person who asked to be forgotten.',
  'nor may anybody give it anew'
);
select integrations.lift_suppression('casey@fabrikam.test');
select is(pg_temp.replay(pg_temp.body()), 'processed', 'until they came back by themselves');
select is((select emails_sent from public.all_leads), 1, 'then it counts');

select * from finish();
rollback;
