begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-01 10:00Z');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 11:00Z');
select private.fold_counters();
select is(private.refresh_step_stats('2026-03-02'), 1, 'one day');
select results_eq(
  'select date, sequence_step_stats from public.campaign_reporting order by date',
  $$values
    (date '2026-03-01', '[]'::jsonb),
    ('2026-03-02', '[{"step_order": 1, "step_id": 812, "variant": "1", "sent_count": 1, "open_count": 1,
      "reply_count": 0,
      "bounce_count": 0}]')$$,
  'in the documented form'
);
select is(private.refresh_step_stats('2026-03-02'), 0, 'what has not changed is not written again');
select tests.bison('EMAIL_OPENED', '2026-03-02 12:00Z');
select private.refresh_step_stats('2026-03-02');
select is(
  (select (sequence_step_stats #>> '{0,open_count}')::integer from public.campaign_reporting where date = '2026-03-02'),
  2,
  'pending facts count'
);

select * from finish();
rollback;
