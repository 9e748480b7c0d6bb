begin;
select plan(1);

select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-01 09:00Z', p_client => 'Acme');
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-02 09:00Z', p_client => 'Other');
select results_eq(
  'select client, bison_inbox_id, status::text from public.inboxes order by 1',
  $$values ('Acme', 66, 'Connected'), ('Other', 66, 'Disconnected')$$, 'two inboxes'
);

select * from finish();
rollback;
