begin;
select plan(3);

select tests.endpoint('bison');
update integrations.tenants set time_zone = 'Europe/Berlin';
-- Summer time begins on 29 March 2026 and ends on 25 October 2026: days of 23 and 25 hours.
select tests.bison('EMAIL_SENT', t)
from unnest(array[
  '2026-03-28 22:59:59Z', '2026-03-28 23:00Z', '2026-03-29 21:59:59Z', '2026-03-29 22:00Z',
  '2026-10-24 21:59:59Z', '2026-10-24 22:00Z', '2026-10-25 22:59:59Z', '2026-10-25 23:00Z'
]::timestamptz[]) t;

create temp table expected as
select * from (values
  (date '2026-03-28', 1::numeric), ('2026-03-29', 2), ('2026-03-30', 1), ('2026-10-24', 1), ('2026-10-25', 2),
  ('2026-10-26', 1)
) as e (date, emails_sent);
select results_eq(
  'select date, emails_sent from public.campaign_reporting_current order by date',
  'select * from expected order by date',
  'before the fold'
);
select private.fold_counters();
select results_eq(
  'select date, emails_sent from public.campaign_reporting order by date', 'select * from expected order by date',
  'and after it'
);
select results_eq(
  'select event_date, count(*)::numeric from public.campaign_events group by 1 order by 1',
  'select * from expected order by date',
  'the facts know their day'
);

select * from finish();
rollback;
