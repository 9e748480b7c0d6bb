begin;
select plan(4);

select setseed(0.5); -- the same waits in every run
select outbound.enqueue_job('q', 't', p_max_attempts => 20);
create temp table waits (attempt integer, outcome text, seconds numeric);
do $$
declare
  v_job record;
begin
  for v_attempt in 1..20 loop
    select * into strict v_job from outbound.claim_jobs('q', 'w');
    insert into waits (attempt, outcome)
    values (v_attempt, outbound.fail_job(v_job.id, v_job.attempt, 'boom ' || v_attempt));
    update waits set seconds = extract(epoch from j.scheduled_at - private.clock())
    from outbound.job_queue j
    where attempt = v_attempt;
    perform tests.set_clock((select scheduled_at from outbound.job_queue));
  end loop;
end
$$;
select is_empty(
  $$
    select * from waits
    where attempt < 20
      and (outcome <> 'delayed'
        or seconds not between 0.8 * least(5 * 2 ^ attempt, 21600) and 1.2 * least(5 * 2 ^ attempt, 21600))
  $$,
  '10 s, 20 s, 40 s ... 6 h, each within a fifth'
);
select cmp_ok(
  (select count(distinct round(seconds / least(5 * 2 ^ attempt, 21600)::numeric, 4)) from waits where attempt < 20), '>', 5::bigint,
  'they vary, so that jobs that failed together do not come together'
);
select is((select outcome from waits where attempt = 20), 'dead', 'the last one is the end');
select results_eq(
  'select status::text, attempts, last_error from outbound.job_queue', $$values ('failed', 20, 'boom 20')$$,
  'with its reason'
);

select * from finish();
rollback;
