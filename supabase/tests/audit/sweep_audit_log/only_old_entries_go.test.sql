begin;
select plan(6);

delete from integrations.audit_log;
insert into integrations.audit_log (actor, action, at)
select 'cron:test', 'test', '2024-01-01 12:00Z'::timestamptz + make_interval(days => n) from generate_series(1, 5) as n;
select tests.set_clock('2026-01-04 12:00:01Z');

select throws_ok(
  $$select integrations.sweep_audit_log(interval '89 days')$$, 'MR002', null, 'less than 90 days is refused'
);
select results_eq(
  'select deleted, has_more from integrations.sweep_audit_log(p_limit => 2)', 'values (2, true)',
  'a call deletes a bounded number, the oldest'
);
select results_eq(
  'select deleted, has_more from integrations.sweep_audit_log(p_limit => 2)', 'values (1, false)', 'then the rest'
);
select results_eq(
  'select deleted from integrations.sweep_audit_log()', 'values (0)', 'and nothing younger than two years'
);
select is((select count(*) from integrations.audit_log), 2::bigint, 'which stays');
select tests.as_role('service_role');
select lives_ok('select integrations.sweep_audit_log()', 'a service may call it');

select * from finish();
rollback;
