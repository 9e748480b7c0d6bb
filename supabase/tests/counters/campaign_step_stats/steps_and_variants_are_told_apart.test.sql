begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"scheduled_email": {"sequence_step_variant": "B"}}');
select tests.bison('EMAIL_OPENED', '2026-03-02 11:00Z', '{"scheduled_email": {"sequence_step_variant": "B"}}');
select tests.bison('EMAIL_SENT', '2026-03-02 12:00Z', '{"scheduled_email": {"sequence_step_id": 813,
  "sequence_step_order": 2}}');
select tests.bison('LEAD_REPLIED', '2026-03-02 13:00Z', '{"scheduled_email": {"sequence_step_id": 813,
  "sequence_step_order": 2}}');
select tests.bison('EMAIL_BOUNCED', '2026-03-02 14:00Z', '{"reply": {"id": 9}}');
select tests.bison('EMAIL_SENT', '2026-03-02 15:00Z', '{"scheduled_email": null}');
create temp table before_fold as
select step_order, step_id, variant, sent_count, open_count, reply_count, bounce_count from public.campaign_step_stats;
select results_eq(
  'select * from before_fold order by step_order, step_id, variant collate "C"',
  $$values (1, 812, '1', 1::bigint, 0::bigint, 0::bigint, 1::bigint), (1, 812, 'B', 1, 1, 0, 0), (2, 813, '1', 1, 0,
    1, 0)$$,
  'a mail without a step belongs to none'
);
select private.fold_counters();
select set_eq(
  'select step_order, step_id, variant, sent_count, open_count, reply_count, bounce_count
    from public.campaign_step_stats',
  'select * from before_fold', 'a fold changes nothing'
);

select * from finish();
rollback;
