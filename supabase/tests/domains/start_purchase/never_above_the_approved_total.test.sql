begin;
select plan(7);
insert into public."Clients" ("Business") values ('Acme');
select public.set_domain_provider(
  'porkbun', 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40), 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40)
);
insert into public.domain_availability_checks (domain_name, client, is_available, price)
values ('one.co', 'Acme', true, 10), ('two.co', 'Acme', true, 10);
select public.create_purchase_batch('Acme', array['one.co', 'two.co']);
create function pg_temp.start(p_domain text)
returns text
language sql
as $$
  select s.outcome || coalesce(' ' || case s.outcome when 'order' then s.cents end, '')
  from public.domain_purchases p
  cross join lateral integrations.start_purchase(p.id) as s
  where p.domain_name = p_domain
$$;
select is(pg_temp.start('one.co'), 'over', 'nothing is ordered before it is approved');
select public.decide_purchase_batch(b.approval_id, 'approved', 'service:test') from public.purchase_batches b;
select is(pg_temp.start('one.co'), 'order 1000', 'then for exactly the approved price');
select is(pg_temp.start('one.co'), 'ask', 'once: whoever comes next asks');

-- The registrar took more than it may.
select integrations.finish_purchase(p.id, 'bought', 1001) from public.domain_purchases p where p.domain_name = 'one.co';
select results_eq(
  $$select kind, text from integrations.notices where kind = 'domain_overcharged'$$,
  $$values ('domain_overcharged', 'one.co was approved for $10.00; the registrar reports $10.01.')$$,
  'a person is told'
);
select is(pg_temp.start('two.co'), 'above_total', 'and what is left of the total is less than the next one costs');
select results_eq(
  $$select status, reason from public.domain_purchases where domain_name = 'two.co'$$,
  $$values ('refused', 'It would exceed the approved total.')$$,
  'so it is not bought'
);
select is(
  (select sum(p.paid_cents) <= 2000 from public.domain_purchases p), true, 'the sum stays below the approved total'
);
select * from finish();
rollback;
