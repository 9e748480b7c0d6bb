begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent, bounced)
select c, k, d::date, 10, 1
from unnest(array['Acme', 'Birch']) as c, generate_series(1, 2) as k,
  generate_series(timestamp '2026-02-01', '2026-03-31', '1 day') as d;
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '1', 'Spring');

select results_eq(
  $$select starts_on, emails_sent, bounced_percentage
    from public.report_rollup(null, 'month', 'total', '2026-02-10', '2026-03-02')$$,
  $$values (date '2026-02-01', 28 * 40::numeric, 10.00), ('2026-03-01', 31 * 40, 10.00)$$,
  'the months that hold the first and the last day, whole'
);
select results_eq(
  $$select client, starts_on, emails_sent from public.report_rollup(null, 'week', 'client', '2026-03-04', '2026-03-04')$$,
  $$values ('Acme', date '2026-03-02', 140::numeric), ('Birch', '2026-03-02', 140)$$,
  'each client by itself'
);
select results_eq(
  $$select campaign_id, campaign_name, emails_sent
    from public.report_rollup('Acme', 'month', 'campaign', '2026-03-01', '2026-03-01')$$,
  $$values (1, 'Spring', 310::numeric), (2, null, 310)$$,
  'each campaign with its name'
);
select throws_ok($$select public.report_rollup(null, 'week', 'campaign')$$, 'MR002', null, 'campaigns of one client only');
select throws_ok($$select public.report_rollup(null, 'year')$$, 'MR002', null, 'no other period');
select throws_ok(
  $$select public.report_rollup(null, 'day', 'total', '2020-01-01', '2026-01-01')$$, 'MR002', null, 'no endless range'
);
select throws_ok(
  $$select public.report_rollup(null, 'day', 'total', '2026-01-02', '2026-01-01')$$, 'MR002', null, 'none that ends first'
);

select * from finish();
rollback;
