begin;
select plan(4);

select outbound.enqueue_job('q', 'done'), outbound.enqueue_job('q', 'dead', p_max_attempts => 1), outbound.enqueue_job('q', 'open');
select case c.job_type
  when 'done' then outbound.complete_jobs(array[c.id], array[c.attempt])::text
  when 'dead' then outbound.fail_job(c.id, c.attempt, 'boom')
end
from outbound.claim_jobs('q', 'w', 2) as c;
select results_eq('select * from outbound.sweep_jobs()', 'values (0, false)', 'nothing is old');
select tests.set_clock(now() + interval '8 days');
select results_eq('select * from outbound.sweep_jobs(p_limit => 1)', 'values (1, true)', 'a completed one after a week');
select tests.set_clock(now() + interval '91 days');
select results_eq('select * from outbound.sweep_jobs()', 'values (1, false)', 'a dead one after 90 days');
select results_eq('select job_type::text from outbound.job_queue', $$values ('open')$$, 'never one that waits');

select * from finish();
rollback;
