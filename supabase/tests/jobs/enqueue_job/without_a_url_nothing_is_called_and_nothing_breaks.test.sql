begin;
select plan(2);

delete from vault.secrets where name like 'jobs_%';
select isnt(outbound.enqueue_job('mail', 'send'), null, 'the job is there');
select is((select count(*) from net.http_request_queue), 0::bigint, 'nobody was called');

select * from finish();
rollback;
