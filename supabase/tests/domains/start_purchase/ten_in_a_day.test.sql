begin;
select plan(5);
insert into public."Clients" ("Business") values ('Acme');
select public.set_domain_provider(
  'porkbun', 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40), 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40)
);
select tests.set_clock('2026-03-02 12:00:00+00');
update integrations.settings set value = 2 where name = 'domain_purchases.most_a_day';
insert into public.domain_availability_checks (domain_name, client, is_available, price, expires_at)
select d, 'Acme', true, 10, '2026-03-03' from unnest(array['a-1.co', 'a-2.co', 'a-3.co']) as d;
select public.create_purchase_batch('Acme', array['a-1.co', 'a-2.co', 'a-3.co']);
select public.decide_purchase_batch(b.approval_id, 'approved', 'service:test') from public.purchase_batches b;
create function pg_temp.buy(p_domain text)
returns text
language plpgsql
as $$
declare
  v_id uuid := (select p.id from public.domain_purchases p where p.domain_name = p_domain);
  v_start record;
begin
  select s.outcome, s.wait_seconds into v_start from integrations.start_purchase(v_id) as s;
  if v_start.outcome = 'order' then
    perform integrations.finish_purchase(v_id, 'bought');
  end if;
  return concat_ws(' ', v_start.outcome, v_start.wait_seconds);
end;
$$;
select is(pg_temp.buy('a-1.co'), 'order', 'the first');
select tests.set_clock('2026-03-02 13:00:00+00');
select is(pg_temp.buy('a-2.co'), 'order', 'the second');
select tests.set_clock('2026-03-03 11:59:00+00');
select is(pg_temp.buy('a-3.co'), 'wait 60', 'the third waits until the first is a day old');
select is(
  (select p.status from public.domain_purchases p where p.domain_name = 'a-3.co'), 'approved', 'and is not ordered'
);
select tests.set_clock('2026-03-03 12:00:00+00');
select is(pg_temp.buy('a-3.co'), 'order', 'a day later it is');
select * from finish();
rollback;
