begin;
select plan(15);
insert into public."Clients" ("Business") values ('Acme');
insert into public.domain_availability_checks (domain_name, client, is_available, price, is_premium, expires_at)
values
  ('good.co', 'Acme', true, 11.82, false, private.clock() + interval '1 second'),
  ('other.co', 'Acme', true, 0.99, false, private.clock() + interval '1 second'),
  ('limit.co', 'Acme', true, 20.00, false, private.clock() + interval '1 hour'),
  ('dear.co', 'Acme', true, 20.01, false, private.clock() + interval '1 hour'),
  ('stale.co', 'Acme', true, 11.82, false, private.clock()),
  ('taken.co', 'Acme', false, 11.82, false, private.clock() + interval '1 hour'),
  ('premium.co', 'Acme', true, 11.82, true, private.clock() + interval '1 hour'),
  ('free.co', 'Acme', true, null, false, private.clock() + interval '1 hour');

select throws_ok($$select public.create_purchase_batch('Acme', array['good.co', 'stale.co'])$$, 'MR003', null, 'stale');
select throws_ok($$select public.create_purchase_batch('Acme', array['taken.co'])$$, 'MR003', null, 'taken');
select throws_ok($$select public.create_purchase_batch('Acme', array['premium.co'])$$, 'MR003', null, 'premium');
select throws_ok($$select public.create_purchase_batch('Acme', array['free.co'])$$, 'MR003', null, 'without a price');
select throws_ok($$select public.create_purchase_batch('Acme', array['dear.co'])$$, 'MR003', null, 'a cent too dear');
select throws_ok($$select public.create_purchase_batch('Acme', array['unknown.co'])$$, 'MR003', null, 'unknown');
select throws_ok($$select public.create_purchase_batch('Acme', '{}')$$, 'MR002', null, 'no domain');
select throws_ok($$select public.create_purchase_batch('Acme', array['good.co'], 'nobody')$$, 'MR002', null, 'provider');
select is((select count(*) from public.domain_inventory), 0::bigint, 'what fails reserves nothing');

select lives_ok(
  $$select public.create_purchase_batch('Acme', array['Good.co', 'good.co ', 'other.co'], 'inboxkit', 'Spring')$$,
  'good ones'
);
select results_eq(
  $$select b.status, b.quoted_cents, b.approved_cents, b.purchased_at, b.domain_count, a.status, a.title
    from public.purchase_batches b join integrations.approvals a on a.id = b.approval_id and a.subject_id = b.id$$,
  $$values ('proposed', 1281, null::integer, null::timestamptz, 2, 'open', 'Buy 2 domains for Acme: $12.81')$$,
  'the price is the sum in cents, and a person is asked'
);
select results_eq(
  'select domain_name, status, inbox_provider from public.domain_inventory order by 1',
  $$values ('good.co', 'reserved', 'inboxkit'), ('other.co', 'reserved', 'inboxkit')$$,
  'they are reserved'
);
select throws_ok($$select public.create_purchase_batch('Acme', array['limit.co', 'good.co'])$$, 'MR003', null, 'once only');
select lives_ok($$select public.create_purchase_batch('Acme', array['limit.co'])$$, 'exactly the highest price');
select is(public.propose_domains('Acme', 5), '{}'::text[], 'nothing is left to propose');
select * from finish();
rollback;
