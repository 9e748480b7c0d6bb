begin;
select plan(3);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-03 10:00Z',
  '{"reply": {"date_received": "2026-03-02T10:00Z", "text_body": "Corrected.", "folder": "Inbox/Hot",
    "html_body": null}}');
select tests.bison('LEAD_REPLIED', '2026-03-02 12:00Z', '{"reply": {"date_received": "2026-03-02T10:00Z",
  "text_body": "Old."}}');
select results_eq(
  'select text_body, folder, received_at, provider_updated_at from public.replies',
  $$values ('Corrected.', 'Inbox/Hot', timestamptz '2026-03-02 10:00Z', timestamptz '2026-03-03 10:00Z')$$,
  'an older one does not'
);
select results_eq('select replies from public.all_leads', 'values (1)', 'it is one reply');
select tests.bison('LEAD_REPLIED', '2026-03-04 12:00Z', '{"reply": {"text_body": null, "email_subject": null}}');
select results_eq(
  'select text_body, subject from public.replies', $$values ('Corrected.', 'Re: Spring')$$, 'nothing is emptied'
);

select * from finish();
rollback;
