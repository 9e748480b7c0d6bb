begin;
select plan(5);

insert into integrations.schedules (job, schedule, every, command)
values ('try-out', '0 * * * *', '1 hour', 'select 1 as done'), ('never', '0 * * * *', '1 hour', 'select 1');
insert into integrations.schedule_runs (job, started_at, finished_at, outcome)
values
  ('try-out', now() - interval '5 hours', now() - interval '4 hours', 'succeeded'),
  ('try-out', now() - interval '2 hours', now() - interval '1 hour', 'failed');
create temp table told as select late from integrations.schedule_health where job = 'try-out';
select ok(
  (select late between '4 hours' and clock_timestamp() - now() + interval '4 hours' from told),
  'the last success is five hours ago, and one is due each hour'
);
select is((select last_outcome from integrations.schedule_health where job = 'try-out'), 'failed', 'the last run failed');
select ok(
  (select late > interval '1 day' from integrations.schedule_health where job = 'never'), 'one that never ran is late'
);
select private.run_schedule('try-out');
select results_eq(
  $$select last_outcome, late, last_did from integrations.schedule_health where job = 'try-out'$$,
  $$values ('succeeded', interval '0', '{"done": 1}'::jsonb)$$, 'after a success it is not'
);
insert into public."Clients" ("Business") values ('Acme');
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select is((select count(*) from integrations.schedule_health), 0::bigint, 'clients do not see it');

select * from finish();
rollback;
