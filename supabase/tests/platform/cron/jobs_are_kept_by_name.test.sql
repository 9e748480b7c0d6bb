begin;
select plan(29);

select columns_are('cron', 'job', array[
  'jobid', 'schedule', 'command', 'nodename', 'nodeport', 'database', 'username', 'active', 'jobname'
]);
select columns_are('cron', 'job_run_details', array[
  'jobid', 'runid', 'job_pid', 'database', 'username', 'command', 'status', 'return_message', 'start_time', 'end_time'
]);
select function_returns('cron', 'schedule', array['text', 'text'], 'bigint');
select function_returns('cron', 'schedule', array['text', 'text', 'text'], 'bigint');
select function_returns('cron', 'schedule_in_database', array['text', 'text', 'text', 'text', 'text', 'boolean'], 'bigint');
select function_returns('cron', 'unschedule', array['bigint'], 'boolean');
select function_returns('cron', 'unschedule', array['text'], 'boolean');
select function_returns('cron', 'alter_job', array['bigint', 'text', 'text', 'text', 'text', 'boolean'], 'void');

create temp table ids as
select cron.schedule('probe', '*/5 * * * *', 'select 1') as first;
select is(cron.schedule('probe', '0 3 * * *', 'select 2'), (select first from ids), 'a name is one job');
select is(
  (select (schedule, command, active, username, database = current_database(), nodename)::text
   from cron.job where jobname = 'probe'),
  '("0 3 * * *","select 2",t,postgres,t,localhost)',
  'with what was said last'
);
select isnt(cron.schedule('30 seconds', 'select 3'), (select first from ids), 'a job without a name is another one');
select is((select count(*) from cron.job where jobname is null), 1::bigint, 'and has no name');

select lives_ok(
  $$select cron.alter_job((select first from ids), schedule := '1 seconds', active := false)$$, 'a job can be altered'
);
select is(
  (select (schedule, command, active)::text from cron.job where jobname = 'probe'), '("1 seconds","select 2",f)',
  'what was not said stays'
);
select throws_ok($$select cron.alter_job(-1, active := false)$$, '42704', null, 'a job that is not there cannot');

select throws_like($$select cron.schedule('x', 'every day', 'select 1')$$, 'invalid schedule%', 'words are no schedule');
select throws_like($$select cron.schedule('x', '60 seconds', 'select 1')$$, 'invalid schedule%', 'nor are 60 seconds');
select throws_like($$select cron.schedule('x', '* * * *', 'select 1')$$, 'invalid schedule%', 'nor are four fields');
select lives_ok($$select cron.schedule('x', '@daily', 'select 1')$$, '@daily is one');
select lives_ok($$select cron.schedule('x', '0 0 $ * *', 'select 1')$$, 'the last day of the month is one');
select lives_ok($$select cron.schedule('x', '15,45 8-18/2 * jan-mar mon', 'select 1')$$, 'lists, ranges and names are');

select throws_ok(
  $$select cron.schedule_in_database('x', '@daily', 'select 1', 'postgres', 'supabase_admin')$$, '42501', null,
  'postgres schedules nothing for another role'
);
select throws_ok(
  $$insert into cron.job (schedule, command) values ('* * * * *', 'select 1')$$, '42501', null,
  'jobs are written by the functions alone'
);
select throws_ok('delete from cron.job', '42501', null, 'and deleted by them');

select ok(cron.unschedule('probe'), 'a job goes by its name');
select throws_like($$select cron.unschedule('probe')$$, 'could not find valid entry for job%', 'once');
select ok(cron.unschedule((select jobid from cron.job where jobname is null)), 'or by its id');

select ok(not has_schema_privilege('authenticated', 'cron', 'usage'), 'authenticated has no way in');
select ok(not has_schema_privilege('anon', 'cron', 'usage'), 'nor has anon');

select * from finish();
rollback;
