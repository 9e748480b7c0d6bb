begin;
select plan(8);

select tests.set_clock('2026-04-11 04:00Z');
insert into public."Clients" ("Business") values ('Acme');
update integrations.tenants set time_zone = 'America/New_York' where business = 'Acme';
insert into public.campaign_reporting (client, campaign_id, date, emails_sent)
values ('Acme', 1, '2026-01-15', 100), ('Acme', 1, '2026-02-15', 400), ('Acme', 1, '2026-03-31', 250), ('Acme', 1, '2026-04-10', 90);
select private.refresh_funnel_forecasts();
create temp view mails as
select client, month, year, estimate_low, estimate_avg, estimate_high, actual, projected
from public.funnel_forecasts where metric_key = 'emails_sent' order by client, starts_on;

-- Midnight of the 11th in New York: ten of thirty days are over.
select results_eq(
  $$select month, year, estimate_low, estimate_avg, estimate_high, actual, projected from mails where client = 'Acme'$$,
  $$values ('March', 2026, 100::numeric, 250.00, 400::numeric, 250::numeric, 250.00),
    ('April', 2026, 100, 250.00, 400, 90, 270.00)$$,
  'least, mean and most of the months since the first; the month so far, and at that rate to its end'
);
select is((select count(*) from public.funnel_forecasts where client = 'Acme' and starts_on = '2026-04-01'), 11::bigint,
  'one for each step');
select results_eq(
  $$select actual, projected from mails where client is null and month = 'April'$$,
  $$values (90::numeric, round(90 / (10 + 4.0 / 24) * 30, 2))$$, 'all together, by UTC''s clock'
);

update public.funnel_forecasts set estimate_1 = 77;
select results_eq('select * from private.refresh_funnel_forecasts()', $$values (0, false)$$, 'a fresh one is left alone');
select tests.set_clock('2026-04-11 05:00Z');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent) values ('Acme', 1, '2026-03-30', 50);
select results_eq('select * from private.refresh_funnel_forecasts(3)', $$values (3, true)$$, 'a few at a time');
select private.refresh_funnel_forecasts(3);
select results_eq(
  $$select actual, estimate_high from mails where client = 'Acme'$$, $$values (300::numeric, 400::numeric), (90, 400)$$,
  'what came late is in'
);
select is((select distinct estimate_1 from public.funnel_forecasts), 77::numeric, 'people''s own estimates stay');
select is(
  private.month_share('2026-05-01', '2026-05-01 06:00'), 1 / 31.0, 'a month''s first hours count as a day'
);

select * from finish();
rollback;
