begin;
select plan(10);
insert into public."Clients" ("Business") values ('Acme');
insert into public.domains (domain_name, provider, client, status, expiration_date, auto_renew)
values
  ('try-acme.co', 'porkbun', 'Acme', 'active', '2026-05-01', false),
  ('renews.co', 'porkbun', 'Acme', 'active', '2026-05-01', true),
  ('late.co', 'porkbun', 'Acme', 'active', '2026-04-03', false);

create function pg_temp.told_on(p_day date)
returns text
language plpgsql
as $$
declare
  v_before uuid[] := array(select n.id from integrations.notices n);
begin
  perform tests.set_clock(p_day + interval '12 hours');
  perform private.tell_expiries(array(select d.id from public.domains d));
  perform private.tell_expiries(array(select d.id from public.domains d));
  return (
    select string_agg(format('%s %s', split_part(n.dedupe_key, ' ', 1), n.kind), ', ' order by n.dedupe_key)
    from integrations.notices n
    where n.id <> all(v_before) and n.kind like 'domain_expir%'
  );
end;
$$;
select is(pg_temp.told_on('2026-03-31'), 'late.co domain_expiring', 'of 30, 14 and 3 days only the nearest that passed');
select is(pg_temp.told_on('2026-04-01'), 'try-acme.co domain_expiring', '30 days before');
select is(pg_temp.told_on('2026-04-02'), null, 'then silence');
select is(pg_temp.told_on('2026-04-04'), 'late.co domain_expired', 'once when it is there');
select is((select status from public.domains where domain_name = 'late.co'), 'expired', 'and it is expired');
select is((select status from public.domain_inventory where domain_name = 'late.co'), 'expired', 'in the inventory too');
select is(pg_temp.told_on('2026-04-17'), 'try-acme.co domain_expiring', '14 days before');
select is(
  pg_temp.told_on('2026-04-28'), 'renews.co domain_expiring, try-acme.co domain_expiring',
  'three days before, also what renews by itself'
);
update public.domains set expiration_date = '2027-05-01' where domain_name = 'try-acme.co';
select is(pg_temp.told_on('2026-04-29'), null, 'renewed');
select is(pg_temp.told_on('2027-04-01'), 'renews.co domain_expired, try-acme.co domain_expiring', 'told anew next year');
select * from finish();
rollback;
