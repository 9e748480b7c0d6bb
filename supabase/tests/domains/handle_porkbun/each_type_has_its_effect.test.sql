begin;
select plan(19);
insert into public."Clients" ("Business") values ('Acme');
insert into integrations.webhook_endpoints (provider, client, token_hash) values ('porkbun', 'Acme', sha256('x'));
select public.set_domain_provider(
  'porkbun', 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40), 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40)
);

create function pg_temp.tell(p_type text, p_data jsonb, p_at timestamptz default '2026-03-02 12:00Z')
returns text
language sql
as $$
  select r.outcome
  from integrations.webhook_endpoints e
  cross join lateral integrations.receive_webhook(
    e.id, gen_random_uuid()::text, p_type, jsonb_build_object('event', p_type, 'data', p_data)::text, p_at
  ) as r
$$;
create function pg_temp.state(p_domain text)
returns text
language sql
as $$
  select concat_ws(' ', d.status, d.expiration_date, d.client) from public.domains d where d.domain_name = p_domain
$$;
select tests.set_clock('2026-03-02 12:00Z');

select is(
  pg_temp.tell('domain.registered', '{"domain": "New.CO", "expireDate": "2027-03-02 10:00:00"}'), 'processed',
  'a registration'
);
select is(pg_temp.state('new.co'), 'active 2027-03-02', 'is known, in lower case');
select is(
  pg_temp.tell('domain.renewed', '{"domain": "new.co", "expireDate": "2028-03-02 10:00:00"}', '2026-03-02 13:00Z'),
  'processed', 'a renewal'
);
select is(pg_temp.state('new.co'), 'active 2028-03-02', 'moves the date');
select is(
  pg_temp.tell('domain.renewed', '{"domain": "new.co", "expireDate": "2027-03-02 10:00:00"}', '2026-03-02 12:30Z'),
  'ignored', 'an older event that comes late'
);
select is(pg_temp.state('new.co'), 'active 2028-03-02', 'does not move it back');
select is(
  pg_temp.tell('domain.expiring', '{"domain": "old.co", "expireDate": "2026-03-10 00:00:00"}'), 'processed',
  'an expiry'
);
select results_eq(
  $$select dedupe_key from integrations.notices where kind = 'domain_expiring'$$, $$values ('old.co 2026-03-10 14')$$,
  'is told at once'
);
select is(pg_temp.tell('domain.transfer.completed', '{"domain": "came.co"}'), 'processed', 'a transfer');
select is(
  (select count(*) from outbound.job_queue where job_type = 'sync_domains'), 1::bigint,
  'has the listing read: in or out, it says'
);

-- A purchase that waits
insert into public.domain_availability_checks (domain_name, client, is_available, price, expires_at)
values ('buy.co', 'Acme', true, 10, '2026-03-03');
select public.create_purchase_batch('Acme', array['buy.co']);
select pg_temp.tell('domain.registered', '{"domain": "buy.co"}');
select is(
  (select status from public.domain_purchases), 'quoted', 'a registration ends no purchase that was not approved'
);
delete from public.domains where domain_name = 'buy.co';
select public.decide_purchase_batch(b.approval_id, 'approved', 'service:test') from public.purchase_batches b;
select integrations.start_purchase(p.id) from public.domain_purchases p;
select pg_temp.tell('domain.registered', '{"domain": "buy.co", "expireDate": "2027-03-02 10:00:00"}', '2026-03-02 14:00Z');
select results_eq(
  'select status, paid_cents from public.domain_purchases', $$values ('bought', 1000)$$,
  'it ends the one whose order was sent'
);
select is(pg_temp.state('buy.co'), 'active 2027-03-02 Acme', 'and the domain is the client''s');

-- Records
delete from outbound.job_queue;
select is(pg_temp.tell('dns.record.created', '{"domain": "buy.co", "record": {"id": "1"}}'), 'processed', 'a record came');
select is(pg_temp.tell('dns.record.updated', '{"domain": "buy.co"}'), 'processed', 'was changed');
select is(pg_temp.tell('dns.record.deleted', '{"domain": "buy.co"}'), 'processed', 'went');
select results_eq(
  $$select job_type::text, payload ->> 'domain' from outbound.job_queue$$, $$values ('verify_dns', 'buy.co')$$,
  'one look is enough'
);
select is(pg_temp.tell('dns.record.deleted', '{"domain": "new.co"}'), 'ignored', 'what we did not set up is not ours');
select is(pg_temp.tell('webhook.test', '{"message": "This is a test webhook."}'), 'processed', 'a test');
select * from finish();
rollback;
