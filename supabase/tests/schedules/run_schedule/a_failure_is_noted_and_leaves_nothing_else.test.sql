begin;
select plan(3);

create table public.try_out (n integer);
create function private.try_out() returns integer language plpgsql as $$
begin
  insert into public.try_out values (1);
  raise exception 'not today' using errcode = 'MR003';
end
$$;
insert into integrations.schedules (job, schedule, every, command) values ('try-out', '* * * * *', '1 minute', 'select private.try_out()');
select is(private.run_schedule('try-out'), null, 'it is not run again at once');
select results_eq(
  $$select outcome, error from integrations.schedule_runs where job = 'try-out'$$, $$values ('failed', 'MR003: not today')$$,
  'why it failed'
);
select is((select count(*) from public.try_out), 0::bigint, 'its work is undone');

select * from finish();
rollback;
