begin;
select plan(2);

insert into integrations.schedules (job, schedule, every, command) values ('try-out', '* * * * *', '1 minute', 'select 1');
insert into integrations.schedule_runs (job, started_at, outcome)
values
  ('try-out', now() - interval '1 day', 'succeeded'), ('try-out', now() - interval '4 days', 'succeeded'),
  ('try-out', now() - interval '5 days', 'failed'), ('try-out', now() - interval '31 days', 'failed');
select results_eq('select * from private.sweep_schedule_runs()', 'values (2, false)', 'two are old enough');
select results_eq(
  $$select outcome from integrations.schedule_runs where job = 'try-out' order by started_at$$,
  $$values ('failed'), ('succeeded')$$, 'a failure of last week is still there'
);

select * from finish();
rollback;
