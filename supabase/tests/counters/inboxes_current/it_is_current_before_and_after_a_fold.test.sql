begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('LEAD_REPLIED', '2026-03-02 11:00Z');
select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-02 11:00Z', '{"sender_email": {"id": 77,
  "email": "quiet@acme-mail.test"}}');
create temp table before_fold as select * from public.inboxes_current;
select results_eq(
  'select bison_inbox_id, emails_sent_count, total_replied_count, unique_replied_count, bounced_count
    from before_fold order by 1',
  'values (66, 1, 1, 1, 0), (77, 0, 0, 0, 0)', 'pending facts are added'
);
select is((select sum(emails_sent_count) from public.inboxes), 0::bigint, 'which the table does not have yet');
select private.fold_counters();
select set_eq(
  'select * from public.inboxes_current', 'select * from before_fold', 'a fold changes nothing that is read'
);

select * from finish();
rollback;
