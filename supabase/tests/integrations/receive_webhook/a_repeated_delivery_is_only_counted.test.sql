begin;
select plan(5);

select is(tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1'), 'processed', 'first');
select is(tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1'), 'duplicate', 'second');
select is(tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1'), 'duplicate', 'third');
select results_eq(
  'select duplicate_count, last_duplicate_at, conflicting_payload, status from integrations.webhook_inbox',
  $$values (2, now(), null::jsonb, 'processed')$$,
  'one event, two repetitions, no conflict'
);
select results_eq(
  'select count(*)::integer, (select emails_sent from public.all_leads) from private.pending_events',
  'values (1, 1)',
  'one effect'
);

select * from finish();
rollback;
