begin;
select plan(9);
insert into public."Clients" ("Business") values ('Acme');
insert into public.domain_availability_checks (domain_name, client, is_available, price)
values ('good.co', 'Acme', true, 11.82);
select public.create_purchase_batch('Acme', array['good.co']);

select tests.authenticate_as(tests.create_user('admin'));
select throws_ok($$update public.purchase_batches set status = 'approved'$$, '42501', null, 'approve a batch');
select throws_ok($$update public.domain_purchases set status = 'approved'$$, '42501', null, 'approve a purchase');
select throws_ok($$update public.domain_availability_checks set price = 1$$, '42501', null, 'set a price');
select throws_ok($$update public.domain_inventory set status = 'available'$$, '42501', null, 'free a name');
select throws_ok($$delete from public.purchase_batches$$, '42501', null, 'delete a batch');
select throws_ok($$select api_key from public.domain_providers$$, '42501', null, 'read the credentials');
select throws_ok(
  $$select * from integrations.start_purchase(gen_random_uuid())$$, '42501', null, 'or do a worker''s work'
);
select tests.clear();
select throws_ok(
  $$update public.domain_purchases set status = 'ordering'$$, '23514', null,
  'nobody brings an order about without an approved price'
);
select throws_ok(
  $$update public.domain_purchases set approved_cents = quoted_cents + 1$$, '23514', null,
  'nor approves another price than the quoted one'
);
select * from finish();
rollback;
