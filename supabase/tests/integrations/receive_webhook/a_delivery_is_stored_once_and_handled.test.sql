begin;
select plan(6);

select is(
  tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1'), 'processed', 'the delivery is handled at once'
);
select results_eq(
  $$select provider, client, event_type, status, attempts::integer, duplicate_count, occurred_at, received_at
    from integrations.webhook_inbox$$,
  $$values ('bison', 'Acme', 'EMAIL_SENT', 'processed', 1, 0, timestamptz '2026-03-02 10:00Z', now())$$,
  'what came is kept, with the provider''s time and ours'
);
select is(
  (select payload #>> '{data,lead,email}' from integrations.webhook_events), 'casey@fabrikam.test', 'the body is kept'
);
select is((select endpoint_id from integrations.webhook_events), tests.endpoint('bison'), 'and where it came in');
select is((select emails_sent from public.all_leads), 1, 'its effect is there');
select is(
  (select occurred_at from private.pending_events), timestamptz '2026-03-02 10:00Z', 'at the provider''s time'
);

select * from finish();
rollback;
