begin;
select plan(11);
insert into public."Clients" ("Business") values ('Acme');
select public.set_domain_provider(
  'porkbun', 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40), 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40)
);
insert into public.domain_availability_checks (domain_name, client, is_available, price)
values ('one.co', 'Acme', true, 10.5), ('two.co', 'Acme', true, 9);
select public.create_purchase_batch('Acme', array['one.co', 'two.co'], 'inboxkit');
select public.decide_purchase_batch(b.approval_id, 'approved', 'service:test') from public.purchase_batches b;
create temp table purchase as select p.id, p.domain_name from public.domain_purchases p;
create function pg_temp.finish(p_domain text, p_outcome text, p_reason text default null)
returns text
language sql
as $$
  select integrations.finish_purchase(u.id, p_outcome, null, p_reason) from pg_temp.purchase u where u.domain_name = p_domain
$$;
select is(pg_temp.finish('one.co', 'bought'), 'noted_before', 'nothing is bought that was not ordered');
select integrations.start_purchase(u.id) from purchase u;
select throws_ok($$select pg_temp.finish('one.co', 'lost')$$, 'MR002', null, 'an unknown outcome');
select is(pg_temp.finish('one.co', 'bought'), 'noted', 'bought');
select is(pg_temp.finish('one.co', 'bought'), 'noted_before', 'once');
select is(pg_temp.finish('one.co', 'refused', 'Late.'), 'noted_before', 'a late refusal changes nothing');
select results_eq(
  $$select d.client, d.status, d.provider, i.status, i.purchase_price, i.inbox_provider
    from public.domains d join public.domain_inventory i using (domain_name)$$,
  $$values ('Acme', 'active', 'porkbun', 'purchased', 10.5, 'inboxkit')$$,
  'it is ours'
);
select is(pg_temp.finish('two.co', 'not_sold', 'Top up.'), 'noted', 'nothing was sold');
select results_eq(
  $$select status, reason from public.domain_purchases where domain_name = 'two.co'$$,
  $$values ('approved', 'Top up.')$$, 'it may be ordered again'
);
select integrations.start_purchase(u.id) from purchase u where u.domain_name = 'two.co';
select is(pg_temp.finish('two.co', 'refused', 'Gone.'), 'noted', 'refused');
select results_eq(
  'select status, domain_count, total_cost from public.purchase_batches', $$values ('completed', 1, 10.5)$$,
  'the batch is complete and tells what it cost'
);
select results_eq(
  $$select i.status, i.purchase_batch_id, c.expires_at <= private.clock()
    from public.domain_inventory i join public.domain_availability_checks c using (domain_name)
    where i.domain_name = 'two.co'$$,
  $$values ('available', null::uuid, true)$$,
  'a refused name is free, and its old quote is over'
);
select * from finish();
rollback;
