begin;
select plan(7);

select tests.set_clock('2026-03-15 12:00Z');
select domains from integrations.request_enrichment(array['a.test', 'b.test']);
create temp view r as select * from integrations.enrichment_runs where domains = '{a.test,b.test}';
select is((select was_asked from integrations.begin_enrichment((select id from r))), false, 'the first attempt');
select is((select was_asked from integrations.begin_enrichment((select id from r))), true, 'the second knows of it');

select is(
  integrations.adopt_order((select id from r), '[
    {"job_id": "old", "total_domains": 2, "created_at": "2026-03-15T10:00:00Z"},
    {"job_id": "other", "total_domains": 3, "created_at": "2026-03-15T12:00:00Z"}]'),
  'not_there', 'orders of another time or size are not ours'
);
select is(
  integrations.adopt_order((select id from r), '[
    {"job_id": "one", "total_domains": 2, "created_at": "2026-03-15T12:00:01Z"},
    {"job_id": "two", "total_domains": 2, "created_at": "2026-03-15T12:00:02Z"}]'),
  'unsure', 'of two that fit nobody knows which'
);
insert into integrations.enrichment_runs (provider, kind, credit_month, reserved_credits, requested_by, provider_job_id)
values ('companyenrich', 'companies', '2026-03-01', 0, 'me', 'two');
select is(
  integrations.adopt_order((select id from r), '[
    {"job_id": "one", "total_domains": 2, "created_at": "2026-03-15T12:00:01Z"},
    {"job_id": "two", "total_domains": 2, "created_at": "2026-03-15T12:00:02Z"}]'),
  'recorded', 'one of them is another run''s'
);
select results_eq('select provider_job_id, status from r', $$values ('one', 'running')$$, 'so this is ours');
select is(
  (select count(*) from outbound.job_queue where job_type = 'poll_enrichment'), 1::bigint, 'and it is polled'
);

select * from finish();
rollback;
