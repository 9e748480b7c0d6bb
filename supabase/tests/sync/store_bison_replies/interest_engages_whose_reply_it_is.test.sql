-- Somebody answers from another address than the one they were written to.
begin;
select plan(3);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', '{"reply": {"from_email_address": "alias@fabrikam.test"}}');
create function pg_temp.list(p_reply jsonb, p_asked_at timestamptz) returns boolean language sql as $$
  select private.store_bison_replies(
    jsonb_populate_record(null::integrations.sync_cursors, '{"client": "Acme"}'),
    jsonb_build_array(p_reply || '{
      "type": "Tracked Reply", "folder": "Inbox", "from_email_address": "Alias@fabrikam.test", "interested": true,
      "automated_reply": false, "date_received": "2026-03-02T10:00Z", "created_at": "2026-03-02T10:00Z",
      "updated_at": "2026-03-03T10:00Z"
    }'),
    p_asked_at
  )
$$;
select pg_temp.list('{"id": 3001}', '2026-03-04 10:00Z');
select results_eq('select interested from public.replies', 'values (true)', 'a list says more of a known reply');
select results_eq(
  'select email, replied from public.engaged_leads', $$values ('casey@fabrikam.test', true)$$, 'the lead is engaged'
);

select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z', '{"lead": {"id": 5002, "email": "jo@fabrikam.test"}}');
select pg_temp.list('{"id": 3002, "lead_id": 5002}', '2026-04-01 10:00Z');
select results_eq(
  $$select email, replied from public.engaged_leads where email <> 'casey@fabrikam.test'$$,
  $$values ('jo@fabrikam.test', true)$$, 'also by an old reply that only the list tells of'
);

select * from finish();
rollback;
