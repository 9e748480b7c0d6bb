begin;
select plan(3);

select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-01 09:00Z');
update public.inboxes set warmup_enabled = true;
select tests.bison('WARMUP_DISABLED_CAUSING_BOUNCES', '2026-03-02 09:00Z');
select results_eq(
  'select warmup_enabled, warmup_disabled_at, warmup_disabled_reason, status::text from public.inboxes',
  $$values (false, timestamptz '2026-03-02 09:00Z', 'causing bounces', 'Connected')$$, 'it causes bounces'
);
select tests.bison('WARMUP_DISABLED_RECEIVING_BOUNCES', '2026-03-03 09:00Z');
select is((select warmup_disabled_reason from public.inboxes), 'receiving bounces', 'it receives bounces');
select tests.bison('WARMUP_DISABLED_CAUSING_BOUNCES', '2026-03-02 09:00Z');
select is((select warmup_disabled_reason from public.inboxes), 'receiving bounces', 'an older event changes nothing');

select * from finish();
rollback;
