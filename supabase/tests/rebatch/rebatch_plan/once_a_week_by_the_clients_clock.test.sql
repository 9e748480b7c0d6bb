begin;
select plan(8);
insert into public."Clients" ("Business") values ('Acme'), ('Idle');
update integrations.tenants set time_zone = 'America/New_York' where business = 'Acme';
insert into public.client_targets (client, emails_per_day) values ('Acme', 100), ('Idle', 0);

-- 2026-03-09 is a Monday, the day after New York's clocks went forward.
select tests.set_clock('2026-03-09 09:59:00+00');
select is(private.rebatch_due_since('Acme'), '2026-03-02 11:00:00+00', 'before six on Monday it is last week');
select is((select planned from private.plan_rebatches()), 1, 'who had no plan in it gets one');
select is((select planned from private.plan_rebatches()), 0, 'once');
select tests.set_clock('2026-03-09 10:00:00+00');
select is(private.rebatch_due_since('Acme'), '2026-03-09 10:00:00+00', 'from six on it is this week');
select is((select planned from private.plan_rebatches()), 1, 'and there is a new plan');
select results_eq(
  $$select status, run_date from public.rebatch_runs order by created_at$$,
  $$values ('superseded', '2026-03-09'::date), ('preview', '2026-03-09'::date)$$, 'which takes the place of the old one'
);
select results_eq(
  $$select status from integrations.approvals order by created_at$$, $$values ('withdrawn'), ('open')$$,
  'as does its approval'
);
select throws_ok($$select private.request_rebatch('Idle')$$, 'MR003', null, 'without a goal there is nothing to plan for');

select * from finish();
rollback;
