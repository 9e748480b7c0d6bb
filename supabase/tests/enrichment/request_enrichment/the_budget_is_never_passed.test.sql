begin;
select plan(17);

select tests.set_clock('2026-03-15 12:00Z');
update integrations.settings set value = 10 where name = 'companyenrich.monthly_credits';
update integrations.settings set value = 3 where name = 'companyenrich.bulk_size';

select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['https://www.A.test/', 'a.test', 'no domain'])$$,
  $$values ('requested', 1)$$, 'a company once, by its domain'
);
select is((select kind from integrations.enrichment_runs), 'company', 'one is asked for by itself');
select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['a.test'])$$, $$values ('nothing_to_do', 0)$$,
  'what is being asked for is not asked for again'
);
select results_eq(
  $$
    select outcome, domains, cardinality(run_ids)
    from integrations.request_enrichment(array['b.test', 'c.test', 'd.test', 'e.test', 'f.test'])
  $$,
  $$values ('requested', 5, 2)$$, 'many go in orders of three'
);
select is_empty($$select from integrations.notices$$, 'nobody is told yet');
select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['g.test', 'h.test'])$$,
  $$values ('requested', 2)$$, 'eight of ten'
);
select results_eq('select kind from integrations.notices', $$values ('credits_low')$$, 'people are told before it is over');
select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['i.test', 'j.test', 'k.test'])$$,
  $$values ('partly_requested', 2)$$, 'as far as it goes'
);
select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['l.test'])$$,
  $$values ('budget_exhausted', 0)$$, 'then nothing'
);
select is(
  (select count(*) from integrations.notices where kind = 'credits_exhausted'), 1::bigint, 'people are told once'
);
select results_eq(
  'select reserved, charged from integrations.provider_credits', 'values (10, 0)', 'ten are reserved'
);
select is(
  (select count(*) from outbound.job_queue where queue_name = 'enrichment'),
  (select count(*) from integrations.enrichment_runs), 'each run has its job'
);

select is(
  integrations.fail_enrichment((select id from integrations.enrichment_runs where domains = '{a.test}'), 'Broken.'),
  'failed', 'what failed'
);
select results_eq(
  'select reserved, charged from integrations.provider_credits', 'values (9, 0)', 'gives its credits back'
);
select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['l.test'])$$, $$values ('requested', 1)$$,
  'for somebody else'
);
select tests.set_clock('2026-04-01 00:00Z');
select results_eq(
  $$select outcome, domains from integrations.request_enrichment(array['m.test', 'n.test'])$$, $$values ('requested', 2)$$,
  'a new month has its own budget'
);
select tests.authenticate_as(tests.create_user('viewer'));
select throws_ok($$select * from integrations.request_enrichment()$$, 'MR004', null, 'who only reads asks for nothing');

select * from finish();
rollback;
