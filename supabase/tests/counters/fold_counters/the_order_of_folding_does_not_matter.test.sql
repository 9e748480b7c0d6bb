begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-03 10:00Z', '{"sender_email": {"id": 67}}');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
-- A correction is folded before the fact that it corrects.
with moved as (delete from private.pending_events where total = 0 returning *)
insert into private.pending_events select * from moved;
with moved as (delete from private.pending_events where occurred_at < '2026-03-03' returning *)
insert into private.pending_events select * from moved;
select private.fold_counters(1) from generate_series(1, 3);
select results_eq(
  'select date, emails_sent, total_leads_contacted from public.campaign_reporting order by date',
  $$values (date '2026-03-02', 1::numeric, 1::numeric), ('2026-03-03', 1, 0)$$, 'days'
);
select results_eq(
  'select bison_inbox_id, total_leads_contacted_count from public.inboxes order by 1', 'values (66, 1), (67, 0)',
  'inboxes'
);

select * from finish();
rollback;
