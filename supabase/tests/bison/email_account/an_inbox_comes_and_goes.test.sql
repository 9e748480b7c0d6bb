begin;
select plan(6);

select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-01 09:00Z', '{"sender_email": {"daily_limit": 25,
  "type": "google_workspace_oauth"}}');
select results_eq(
  'select bison_inbox_id, name::text, email::text, domain, type::text, status::text, daily_limit,
    lifecycle_status from public.inboxes',
  $$values (66, 'Robin', 'robin@acme-mail.test', 'acme-mail.test', 'google_workspace_oauth', 'Connected', 25,
    'active')$$,
  'added'
);
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-02 09:00Z');
select results_eq(
  'select status::text, disconnected_at from public.inboxes',
  $$values ('Disconnected', timestamptz '2026-03-02 09:00Z')$$, 'disconnected'
);
select tests.bison('EMAIL_ACCOUNT_RECONNECTED', '2026-03-03 09:00Z');
select results_eq(
  'select status::text, disconnected_at from public.inboxes', $$values ('Connected', null::timestamptz)$$,
  'reconnected'
);
select tests.bison('EMAIL_ACCOUNT_REMOVED', '2026-03-04 09:00Z');
select results_eq(
  'select status::text, removed_at, lifecycle_status from public.inboxes',
  $$values ('Removed', timestamptz '2026-03-04 09:00Z', 'removed')$$,
  'removed: the row stays for its totals'
);
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-03 12:00Z');
select is((select status::text from public.inboxes), 'Removed', 'an older event changes nothing');
select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-05 09:00Z');
select results_eq(
  'select status::text, removed_at, lifecycle_status, count(*) over () from public.inboxes',
  $$values ('Connected', null::timestamptz, 'active', 1::bigint)$$, 'added again: it is the same'
);

select * from finish();
rollback;
