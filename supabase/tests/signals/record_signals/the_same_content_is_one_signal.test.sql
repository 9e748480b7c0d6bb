begin;
select plan(8);

insert into master_companies_db (company_domain) values ('a.test');
create temp view c as select id from master_companies_db;
create function pg_temp.signal(p_payload jsonb, p_confidence numeric default null, p_seen_at text default null)
returns integer language sql as $$
  select integrations.record_company_signals(jsonb_build_array(jsonb_build_object(
    'company_id', (select id from c), 'type', 'funding', 'source', 'news', 'payload', p_payload,
    'confidence', p_confidence, 'seen_at', p_seen_at
  )))
$$;

select is(pg_temp.signal('{"a": 1, "b": 2}', 0.5, '2026-03-02'), 1, 'a signal');
select is(pg_temp.signal('{"b": 2, "a": 1}', 0.7, '2026-03-05'), 1, 'seen again, written in another order');
select is(pg_temp.signal('{"a": 1, "b": 2}', 0.2, '2026-03-01'), 1, 'and one that came late');
select results_eq(
  'select first_seen_at, last_seen_at, confidence_score, length(payload_hash) from company_signals',
  $$values ('2026-03-01'::timestamptz, '2026-03-05'::timestamptz, 0.7, 64)$$,
  'is one, first and last seen, with the highest confidence'
);
select is(pg_temp.signal('{"a": 2}'), 1, 'another content');
select is((select count(*) from company_signals), 2::bigint, 'is another one');
select throws_ok($$select pg_temp.signal('{}', 7)$$, 'MR002', null, 'a confidence beyond certainty');
select throws_ok(
  $$select integrations.record_company_signals('[{"company_id": "x"}]')$$, 'MR002', null, 'a company that is none'
);

select * from finish();
rollback;
