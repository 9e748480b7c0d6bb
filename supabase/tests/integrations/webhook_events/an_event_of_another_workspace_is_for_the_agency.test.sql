begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select integrations.receive_webhook(
  tests.endpoint('bison'), 'key', 'LEAD_REPLIED', '{"data": {"lead": {"email": "casey@other.test"}}}', null,
  'workspace_mismatch'
);
select integrations.receive_webhook(
  tests.endpoint('bison'), 'key', 'LEAD_REPLIED', null, null, 'workspace_mismatch', 'casey@other.test'
);
select integrations.receive_webhook(tests.endpoint('bison'), 'key', 'unknown', null, null, 'invalid_json', '\x7b');

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select results_eq(
  'select event_type from integrations.webhook_events order by id', $$values ('EMAIL_SENT'), ('unknown')$$,
  'a client''s user sees their own, whatever is wrong with it'
);
select is((select count(*) from integrations.webhook_inbox), 2::bigint, 'also with its repeats');
select tests.clear();
select tests.authenticate_as(tests.create_user('viewer'));
select is((select count(*) from integrations.webhook_events), 4::bigint, 'the agency sees all');
select is((select count(*) from integrations.webhook_inbox), 4::bigint, 'with their repeats');

select * from finish();
rollback;
