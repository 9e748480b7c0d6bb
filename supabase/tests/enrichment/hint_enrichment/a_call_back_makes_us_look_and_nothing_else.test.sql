begin;
select plan(6);

select domains from integrations.request_enrichment(array['a.test', 'b.test']);
select was_asked from integrations.enrichment_runs r, integrations.begin_enrichment(r.id, sha256('token'));
select outcome from (select integrations.record_order(id, 'job') as outcome from integrations.enrichment_runs) as o;
delete from outbound.job_queue;

select is(integrations.hint_enrichment(sha256('guess')), false, 'a stranger');
select is_empty('select from outbound.job_queue', 'starts nothing');
select is(integrations.hint_enrichment(sha256('token')), true, 'who knows the URL');
select is(integrations.hint_enrichment(sha256('token')), true, 'however often');
select is(
  (select count(*) from outbound.job_queue where job_type = 'poll_enrichment'), 1::bigint, 'starts one look'
);
select is((select status from integrations.enrichment_runs), 'running', 'and changes nothing by itself');

select * from finish();
rollback;
