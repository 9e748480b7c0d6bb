begin;
select plan(4);

create function private.try_out() returns table (seen integer, has_more boolean) language plpgsql as $$
begin
  seen := 3;
  has_more := current_setting('tests.more', true) = 'yes';
  return next;
end
$$;
insert into integrations.schedules (job, schedule, every, command, most_rounds)
values ('try-out', '* * * * *', '1 minute', 'select * from private.try_out()', 10);
select is(private.run_schedule('try-out'), null, 'nothing more to do');
select results_eq(
  $$select outcome, rounds, did - 'has_more', finished_at >= started_at from integrations.schedule_runs where job = 'try-out'$$,
  $$values ('succeeded', 1, '{"seen": 3}'::jsonb, true)$$, 'its row'
);
select set_config('tests.more', 'yes', true);
create temp table run as select private.run_schedule('try-out') as id;
select set_config('tests.more', 'no', true);
select is((select private.run_schedule('try-out', id) from run), null, 'a second round of the same tick');
select results_eq(
  $$select rounds, did - 'has_more' from integrations.schedule_runs where id = (select id from run)$$,
  $$values (2, '{"seen": 6}'::jsonb)$$, 'is the same row, and the numbers are added'
);

select * from finish();
rollback;
