begin;
select plan(2);

select tests.set_clock('2026-04-11 12:00Z');
insert into public."Clients" ("Business") values ('Acme'), ('New');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent)
values ('Acme', 1, '2026-03-15', 100), ('New', 1, '2026-04-02', 10);
select private.refresh_funnel_forecasts();
select results_eq(
  $$select client, estimate_low, estimate_high from public.funnel_forecasts
    where metric_key = 'emails_sent' and month = 'April' and client is not null order by 1$$,
  $$values ('Acme', 100::numeric, 100::numeric), ('New', 0, 0)$$,
  'months before a client''s first figures are no history'
);
select throws_ok(
  $$insert into public.funnel_forecasts (month, year, metric_key) values ('Apr', 2026, 'closed')$$, '23514', null,
  'a month is written out'
);

select * from finish();
rollback;
