begin;
select plan(5);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', '{"reply": {"automated_reply": true}}');
select tests.bison('LEAD_INTERESTED', '2026-03-02 11:00Z', '{"reply": {"date_received": "2026-03-02T10:00Z"}}');
select results_eq(
  'select automated, category from public.replies', $$values (false, 'Interested')$$, 'it is no automated one any more'
);
select results_eq(
  'select replied, replies, engaged from public.all_leads', 'values (true, 1, true)', 'the lead replied'
);
select results_eq('select replied, engaged from public.engaged_leads', 'values (true, true)', 'so says the engaged lead');
select is(
  (select count(*) from shared.outbox_events where event_type = 'lead.replied'), 1::bigint, 'and the event for others'
);

select tests.bison('LEAD_REPLIED', '2026-03-02 12:00Z', '{"reply": {"id": 3002, "automated_reply": true}}');
select tests.bison('LEAD_REPLIED', '2026-03-02 12:00Z', '{"reply": {"id": 3002}}');
select is((select category from public.replies where reply_id = 3002), null, 'without interest it has no category');

select * from finish();
rollback;
