begin;
select plan(8);
insert into public."Clients" ("Business") values ('Acme'), ('Birch');
create function pg_temp.inventory()
returns text
language sql
as $$
  select concat_ws(' ', i.status, i.client, i.expires_at, i.inboxes_active) from public.domain_inventory i
$$;
insert into public.domains (domain_name, provider, client, status, expiration_date)
values ('try-acme.co', 'porkbun', 'Acme', 'active', '2027-01-01');
select is(pg_temp.inventory(), 'purchased Acme 2027-01-01 0', 'what is owned is in it');
update public.domains set dns_configured = true;
select is(pg_temp.inventory(), 'configured Acme 2027-01-01 0', 'configured');
insert into public.inboxes (bison_inbox_id, client, name, email, status)
values (1, 'Acme', 'A', 'a@try-acme.co', 'Connected'), (2, 'Acme', 'B', 'b@try-acme.co', 'Disconnected');
select private.count_domain_inboxes();
select is(pg_temp.inventory(), 'in_use Acme 2027-01-01 1', 'an inbox sends from it');
update public.domains set dns_configured = false;
select is(pg_temp.inventory(), 'in_use Acme 2027-01-01 1', 'also while a record is missing');
update public.domains set status = 'expired';
select is(pg_temp.inventory(), 'expired Acme 2027-01-01 1', 'expired');
update public.domains set status = 'active', expiration_date = '2028-01-01', client = 'Birch';
select is(pg_temp.inventory(), 'in_use Birch 2028-01-01 1', 'renewed, and moved to another client');
update public.inboxes set status = 'Disconnected';
select private.count_domain_inboxes();
select is(pg_temp.inventory(), 'purchased Birch 2028-01-01 0', 'nobody sends any more');
select results_eq(
  'select changed, has_more from private.count_domain_inboxes()', 'values (0, false)', 'nothing is left to count'
);
select * from finish();
rollback;
