begin;
select plan(2);

insert into public.nightly_reports (client, date, quick_view, funnel, text, made_at)
select 'Acme', date '2022-01-01' + n, '[]', '[]', '', timestamptz '2022-01-02' + n * interval '1 day'
from generate_series(1, 5) as n;
insert into public.nightly_reports (client, date, quick_view, funnel, text, made_at)
values ('Acme', '2026-03-01', '[]', '[]', '', '2026-03-02');
select tests.set_clock('2026-03-03 10:00Z');
select results_eq('select * from private.sweep_nightly_reports(4)', $$values (4, true)$$, 'a few at a time');
select private.sweep_nightly_reports(4);
select results_eq('select date from public.nightly_reports', $$values (date '2026-03-01')$$, 'those of late stay');

select * from finish();
rollback;
