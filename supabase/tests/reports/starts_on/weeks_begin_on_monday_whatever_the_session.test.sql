begin;
select plan(4);

select results_eq(
  $$select private.starts_on('week', d::date) from unnest(array['2026-03-01', '2026-03-02', '2026-01-01', '2024-12-31']) d$$,
  $$values (date '2026-02-23'), ('2026-03-02'), ('2025-12-29'), ('2024-12-30')$$,
  'a week begins on Monday, also across a year'
);
select is(private.starts_on('month', '2024-02-29'), date '2024-02-01', 'a month on its first');
set local time zone 'Pacific/Apia';
select is(private.starts_on('week', '2011-12-30'), date '2011-12-26', 'a day that the session''s zone has not is one');
set local time zone 'America/Sao_Paulo';
select is(private.starts_on('month', '2018-11-04'), date '2018-11-01', 'nor matter days without a midnight');

select * from finish();
rollback;
