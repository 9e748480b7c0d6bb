begin;
select plan(6);

insert into outbound.rate_limits (name, amount, per, burst) values ('shop', 2, '10 seconds', 3);
insert into outbound.job_limits values ('order', 'shop', null);
select outbound.enqueue_job('q', 'order', p_payload => to_jsonb(i)) from generate_series(1, 9) i;
select outbound.enqueue_job('q', 'free');
select set_eq(
  $$select job_type || payload from outbound.claim_jobs('q', 'one', 100)$$,
  $$values ('order1'), ('order2'), ('order3'), ('free{}')$$,
  'as many as the burst allows, and whatever needs no allowance'
);
select is_empty($$select * from outbound.claim_jobs('q', 'other', 100)$$, 'then none, whoever asks');
select tests.set_clock(now() + interval '4 seconds');
select is_empty($$select * from outbound.claim_jobs('q', 'other', 100)$$, 'too early still');
select tests.set_clock(now() + interval '5 seconds');
select results_eq(
  $$select payload from outbound.claim_jobs(null, 'other', 100)$$, $$values ('4'::jsonb)$$, 'one every five seconds'
);
select tests.set_clock(now() + interval '1 hour');
select is((select count(*) from outbound.claim_jobs('q', 'one', 2)), 2::bigint, 'fewer when fewer are wanted');
select is((select count(*) from outbound.claim_jobs('q', 'one', 100)), 1::bigint, 'and what is left of the burst later');

select * from finish();
rollback;
