begin;
select plan(3);

insert into outbound.job_limits values ('post', 'slack', 'channel');
select outbound.enqueue_jobs((
  select jsonb_agg(jsonb_build_object('queue', 'q', 'type', 'post', 'payload', jsonb_build_object('channel', c)))
  from unnest(array['C1', 'C1', 'C2', 'C2', 'C3']) as c
));
select set_eq(
  $$select payload ->> 'channel' from outbound.claim_jobs('q', 'w', 100)$$, $$values ('C1'), ('C2'), ('C3')$$,
  'one message to each channel'
);
insert into outbound.rate_limits (name, amount, per, burst) values ('slack:C2', 100, '1 second', 100);
delete from private.rate_buckets;
select outbound.complete_jobs(array_agg(id), array_agg(attempts)) from outbound.job_queue where status = 'active';
select outbound.enqueue_job('q', 'post', '{"channel": "C2"}') from generate_series(1, 3);
select is(
  (select count(*) from outbound.claim_jobs('q', 'w', 100) where payload ->> 'channel' = 'C2'), 4::bigint,
  'a key may have a limit of its own'
);
select is(
  (select count(*) from outbound.job_queue where limit_key = 'slack:C1' and status = 'active'), 1::bigint,
  'the others have the common one'
);

select * from finish();
rollback;
