begin;
select plan(3);

insert into outbound.rate_limits (name, amount, per, burst, concurrency) values ('mailbox', 1000, '1 second', 1000, 2);
insert into outbound.job_limits values ('fetch', 'mailbox', null);
select outbound.enqueue_job('q', 'fetch') from generate_series(1, 5);
select is((select count(*) from outbound.claim_jobs('q', 'w', 100)), 2::bigint, 'two at once');
select is((select count(*) from outbound.claim_jobs('q', 'x', 100)), 0::bigint, 'for all workers together');
select outbound.complete_jobs(array_agg(id), array_agg(attempts))
from (select * from outbound.job_queue where status = 'active' limit 1) as one;
select is((select count(*) from outbound.claim_jobs('q', 'x', 100)), 1::bigint, 'the next when one has ended');

select * from finish();
rollback;
