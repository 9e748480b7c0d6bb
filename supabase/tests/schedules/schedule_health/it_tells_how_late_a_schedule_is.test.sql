begin;
select plan(5);

insert into integrations.schedules (job, schedule, every, command)
values ('try-out', '* * * * *', '1 minute', 'select 1 as done'), ('never', '* * * * *', '1 minute', 'select 1');
insert into integrations.schedule_runs (job, started_at, finished_at, outcome)
values
  ('try-out', clock_timestamp() - interval '5 minutes', clock_timestamp() - interval '4 minutes', 'succeeded'),
  ('try-out', clock_timestamp() - interval '2 minutes', clock_timestamp() - interval '1 minute', 'failed');
select ok(
  (select late between '4 minutes' and '4 minutes 10 seconds' from integrations.schedule_health where job = 'try-out'),
  'the last success is five minutes ago, and one is due each minute'
);
select is((select last_outcome from integrations.schedule_health where job = 'try-out'), 'failed', 'the last run failed');
select ok(
  (select late > interval '1 hour' from integrations.schedule_health where job = 'never'), 'one that never ran is late'
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
