begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
update integrations.tenants set time_zone = 'America/New_York' where business = 'Acme';
insert into public.client_targets (client, emails_per_day) values ('Acme', 100);
create temp view emails as
select date, expected, actual, status from public.report_quick_view('Acme') where metric = 'emails';

select tests.set_clock('2026-03-02 12:00Z');
select results_eq('select * from emails', $$values (date '2026-03-02', 0.00, 0::numeric, 'on_track')$$,
  'before eight, by the client''s clock, nothing is expected');
select tests.set_clock('2026-03-02 18:00Z');
select results_eq('select * from emails', $$values (date '2026-03-02', 50.00, 0::numeric, 'behind')$$,
  'at one, half of it');
select tests.set_clock('2026-03-03 04:59Z');
select results_eq('select * from emails', $$values (date '2026-03-02', 100.00, 0::numeric, 'behind')$$,
  'and all of it a minute before midnight there');
select tests.set_clock('2026-03-03 05:00Z');
select results_eq('select * from emails', $$values (date '2026-03-03', 0.00, 0::numeric, 'on_track')$$,
  'when the next day begins');

insert into integrations.client_settings (client, name, value) values ('Acme', 'quick_view.day_start_hour', 0);
select tests.set_clock('2026-03-03 14:00Z');
select results_eq('select expected from emails', $$values (50.00)$$, 'a client may begin earlier');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent) values ('Acme', 1, '2026-03-03', 45);
insert into integrations.client_settings (client, name, value) values ('Acme', 'quick_view.on_track_percent', 90);
select results_eq('select actual, status from emails', $$values (45::numeric, 'on_track')$$, 'and be judged mildly');

select * from finish();
rollback;
