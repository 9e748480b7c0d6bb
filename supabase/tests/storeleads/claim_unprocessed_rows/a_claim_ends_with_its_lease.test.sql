begin;
select plan(11);

insert into eligible_storeleads_10k (domain) select 's' || i || '.test' from generate_series(1, 3) i;
select copied from copy_storeleads_next_batch(10);
select tests.set_clock('2026-03-02 10:00Z');

select is((select count(*) from claim_unprocessed_rows(batch_size => 2, worker => 'ann')), 2::bigint, 'Ann gets two');
select is((select count(*) from claim_unprocessed_rows(5, 'bob', '1 minute')), 1::bigint, 'Bob the one that is left');
select is((select count(*) from claim_unprocessed_rows(5, 'cid')), 0::bigint, 'nobody else any');
select is((select processed from process_storeleads_batch(5)), 0, 'nor the schedule');
select is(
  finish_claimed_rows(array(select id from eligible_storeleads_10k), 'bob'),
  array(select id from eligible_storeleads_10k where domain = 's3.test'), 'one finishes what is one''s own'
);
select tests.set_clock('2026-03-02 10:11Z');
select is(
  (select array_agg(domain order by id) from claim_unprocessed_rows(5, 'cid')), '{s1.test,s2.test}'::text[],
  'after the lease they are somebody else''s'
);
select is(finish_claimed_rows(array(select id from eligible_storeleads_10k), 'ann'), '{}'::bigint[], 'and no more Ann''s');
select is(
  cardinality(finish_claimed_rows(array(select id from eligible_storeleads_10k where domain = 's1.test'), 'cid', 'Gone.')),
  1, 'with a problem'
);
select is((select problem from eligible_storeleads_10k where domain = 's1.test'), 'Gone.', 'it failed');

update eligible_storeleads_10k set attempts = 5, claim_expires_at = '2026-03-02' where domain = 's2.test';
select is((select count(*) from claim_unprocessed_rows(5, 'dot')), 0::bigint, 'what was claimed five times');
select is(
  (select problem from eligible_storeleads_10k where domain = 's2.test'), 'Claimed five times and never finished.',
  'is given up'
);

select * from finish();
rollback;
