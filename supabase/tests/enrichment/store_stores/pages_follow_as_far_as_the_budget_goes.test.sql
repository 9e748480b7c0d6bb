begin;
select plan(14);

select tests.set_clock('2026-03-15 12:00Z');
update integrations.settings set value = 3 where name = 'storeleads.monthly_credits';
create temp view r as select * from integrations.enrichment_runs order by created_at desc, id limit 1;
create function pg_temp.page(p_page integer, p_more boolean default true) returns text language sql as $$
  select integrations.store_stores(
    (select id from r),
    (select jsonb_agg(jsonb_build_object('name', 'www.s' || p_page || '-' || i || '.test')) from generate_series(1, 3) i)
      || '[{"name": "no domain"}, 7]', p_more, p_page
  )
$$;

select throws_ok(
  $$select * from integrations.request_stores('{"page": 7}')$$, 'MR002', null, 'only StoreLeads'' own filters'
);
select is((select outcome from integrations.request_stores('{"f:cc": "US"}')), 'requested', 'a question');
select was_asked from integrations.begin_enrichment((select id from r));
select is(pg_temp.page(0), 'next_page', 'a page, and the next is asked for');
select is(pg_temp.page(0), 'already_over', 'the same page again is none');
select results_eq(
  'select page, found, charged_credits, reserved_credits from r', 'values (1, 3, 1, 1)', 'three stores, one request'
);
select is(pg_temp.page(1), 'next_page', 'another');
select is(pg_temp.page(2), 'stopped', 'the budget is used up');
select is((select problem from r), 'The budget of the month is used up.', 'and the run says so');
select results_eq('select reserved, charged from integrations.provider_credits', 'values (0, 3)', 'three requests');
select is((select count(*) from integrations.storeleads_rows), 9::bigint, 'all stores are there');
select is((select outcome from integrations.request_stores()), 'budget_exhausted', 'nothing more is asked');

update integrations.settings set value = 100 where name = 'storeleads.monthly_credits';
select tests.set_clock('2026-03-15 13:00Z');
select outcome from integrations.request_stores('{}', 1, true);
select was_asked from integrations.begin_enrichment((select id from r));
select is(
  integrations.store_stores(
    (select id from r),
    (select jsonb_agg(jsonb_build_object('name', 'all-' || i || '.test')) from generate_series(1, 120) i), false, 0
  ),
  'completed', 'all in one answer'
);
select is((select charged_credits from r), 3, 'cost as much as its pages');
select is(
  (select reserved from integrations.provider_credits where provider = 'storeleads'), 0, 'and nothing stays reserved'
);

select * from finish();
rollback;
