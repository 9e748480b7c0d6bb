begin;
select plan(7);

insert into outbound.rate_limits (name, amount, per, burst) values ('shop', 1, '1 hour', 2);
insert into outbound.job_limits values ('order', 'shop', null);
select outbound.enqueue_job('q', 'free') from generate_series(1, 9);
select is((select count(*) from outbound.claim_jobs('q', 'w')), 1::bigint, 'the first claim looks at everything');
select cmp_ok(
  current_setting('millrace.jobs_at_front_until')::timestamptz, '<=', clock_timestamp() + interval '200 milliseconds',
  'and spares the next ones that for 200 ms'
);

select outbound.enqueue_job('q', 'order') from generate_series(1, 3);
select set_config('millrace.jobs_at_front_until', '-infinity', true);
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w')$$, $$values ('order')$$, 'then what needs an allowance comes first'
);
select is(current_setting('millrace.jobs_at_front_until'), '', 'and is looked for again, as there may be more');

select set_config('millrace.jobs_at_front_until', 'infinity', true);
select outbound.enqueue_job('q', 'later', p_run_at => now() + interval '1 minute');
select results_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 99)$$, $$select 'free' from generate_series(1, 8)$$,
  'at the front are those that are ready and need nothing'
);
select tests.set_clock(now() + interval '2 minutes');
select set_config('millrace.jobs_looked_at', '', true);
select set_eq(
  $$select job_type from outbound.claim_jobs('q', 'w', 99)$$, $$values ('order'), ('later')$$,
  'with nothing there, everything is looked at'
);
select set_config('millrace.jobs_at_front_until', 'infinity', true);
select outbound.enqueue_job('another', 'free');
select results_eq(
  $$select job_type from outbound.claim_jobs(null, 'w')$$, $$values ('free')$$, 'all queues together have no front'
);

select * from finish();
rollback;
