begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Birch'), ('Quiet');
update integrations.tenants set time_zone = 'America/New_York' where business in ('Acme', 'Quiet');
update integrations.tenants set time_zone = 'Asia/Tokyo' where business = 'Birch';
insert into public.client_targets (client, emails_per_day) values ('Acme', 100), ('Birch', 100);
insert into public.campaign_reporting (client, campaign_id, date, emails_sent)
values ('Acme', 1, '2026-03-02', 60), ('Birch', 1, '2026-03-03', 100);

select tests.set_clock('2026-03-03 09:59Z');
select results_eq('select * from private.make_nightly_reports()', $$values (1, false)$$, 'in Tokyo it is evening');
select results_eq(
  'select client, date from public.nightly_reports', $$values ('Birch', date '2026-03-02')$$, 'and yesterday is told'
);
select tests.set_clock('2026-03-03 10:00Z');
select results_eq('select * from private.make_nightly_reports()', $$values (2, false)$$, 'at five in New York, too');
select results_eq('select * from private.make_nightly_reports()', $$values (0, false)$$, 'once');
select results_eq(
  $$select q ->> 'actual', q ->> 'status' from public.nightly_reports r, jsonb_array_elements(r.quick_view) as q
    where r.client = 'Acme' and q ->> 'metric' = 'emails'$$,
  $$values ('60', 'behind')$$, 'as Quick View has it'
);
select results_eq(
  $$select client from integrations.notices where kind = 'nightly_report' order by 1$$, $$values ('Acme'), ('Birch')$$,
  'of a client with neither targets nor figures people are not told'
);

update public.campaign_reporting set emails_sent = 110 where client = 'Acme';
select private.make_nightly_report('Acme', '2026-03-02');
select matches(
  (select text from public.nightly_reports where client = 'Acme'), 'emails: 110 of 100,', 'made again, it is as of now'
);
select is(
  (select count(*) from integrations.notices where client = 'Acme'), 1::bigint, 'but not told again'
);

select * from finish();
rollback;
