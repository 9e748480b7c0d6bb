begin;
select plan(15);

insert into public."Clients" ("Business") values ('Acme');
insert into public.domains (domain_name, provider, client, status) values ('owned.co', 'porkbun', 'Acme', 'active');
insert into public.domain_availability_checks (domain_name, client, checked_at, expires_at)
values ('free.co', 'Acme', null, null), ('taken.co', 'Acme', null, null);
select integrations.record_domain_check('free.co', true, 11.82);
select integrations.record_domain_check('taken.co', false, 11.82);

create function pg_temp.refuses(p_domains text[], p_code text, p_words text, p_client text default 'Acme')
returns text
language sql
as $$
  select throws_ok(
    format('select public.create_purchase_batch(%L, %L)', p_client, p_domains), p_code, p_words, p_words
  )
$$;
select pg_temp.refuses('{free.co}', 'MR001', 'There is no such client.', 'Nobody');
select pg_temp.refuses('{free.co}', 'MR001', 'There is no such client.', null);
select pg_temp.refuses('{}', 'MR002', 'A batch has 1 to 50 domains.');
select pg_temp.refuses('{free.co, https://free.co}', 'MR002', '"https://free.co" is no domain name.');
select pg_temp.refuses('{free.co, " "}', 'MR002', '"" is no domain name.');
select pg_temp.refuses('{free.co, null}', 'MR002', '"" is no domain name.');
select pg_temp.refuses('{free.co, OWNED.co}', 'MR003', 'owned.co is ours already, or in another batch.');
select pg_temp.refuses('{free.co, taken.co}', 'MR003', 'taken.co cannot be bought as it is: not available.');
select pg_temp.refuses(
  '{free.co, new.co}', 'MR003', 'new.co cannot be bought as it is: not checked within the hour.'
);
select is_empty('select from public.purchase_batches', 'and nothing of it is kept');
select is_empty($$select from public.domain_inventory where status = 'reserved'$$, 'nor reserved');

select lives_ok(
  $$select public.create_purchase_batch('Acme', '{" Free.CO ", free.co}')$$, 'case, blanks and repetitions are no matter'
);
select is((select domain_name from public.domain_purchases), 'free.co', 'it is bought once');
select throws_ok(
  'select public.resume_purchase_batch(id) from public.purchase_batches', 'MR003', 'The batch was not approved yet.',
  'nothing is resumed before it is approved'
);
select integrations.decide_approval(approval_id, 'rejected', 'service:test', 'Too dear') from public.purchase_batches;
select throws_ok(
  'select public.resume_purchase_batch(id) from public.purchase_batches', 'MR003',
  'Nothing is left to be bought: the batch is rejected.', 'nor once it is rejected'
);

select * from finish();
rollback;
