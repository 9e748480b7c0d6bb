begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
update integrations.tenants set time_zone = 'America/New_York' where business = 'Acme';
insert into public.engaged_leads (client, email, qualified, qualified_at, last_event_at)
values
  ('Acme', 'casey@fabrikam.test', true, '2026-03-03 04:30Z', '2026-03-03'),
  ('Acme', 'Casey@Fabrikam.test', true, '2026-03-20 12:00Z', '2026-03-20'),
  ('Acme', 'kim@fabrikam.test', true, null, '2026-03-04 12:00Z');
create temp view qualified as
select d::date as day, f.amount
from generate_series(timestamp '2026-03-01', '2026-03-31', '1 day') as d
cross join lateral public.report_funnel('Acme', d::date, d::date) as f
where f.step = 'qualified' and f.amount > 0;

select results_eq(
  'select * from qualified', $$values (date '2026-03-02', 1::numeric), ('2026-03-04', 1)$$,
  'on the client''s day of the first time; without a time, when the lead was last heard of'
);
update public.engaged_leads set deleted_at = now() where email = 'casey@fabrikam.test';
select results_eq(
  'select day from qualified', $$values (date '2026-03-04'), ('2026-03-20')$$, 'a lead that was deleted does not count'
);
update public.engaged_leads set qualified = false where email = 'kim@fabrikam.test';
select results_eq('select day from qualified', $$values (date '2026-03-20')$$, 'nor one that was taken back');
select throws_ok($$select public.report_funnel(p_by => 'campaign')$$, 'MR002', null, 'by total or client only');

select * from finish();
rollback;
