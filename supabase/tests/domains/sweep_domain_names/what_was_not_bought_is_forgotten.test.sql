begin;
select plan(3);
insert into public."Clients" ("Business") values ('Acme');
select tests.set_clock('2026-12-01 00:00Z');
insert into public.domain_availability_checks (domain_name, client, created_at)
values ('old.co', 'Acme', '2026-06-03 23:59Z'), ('bought.co', 'Acme', '2026-01-01'), ('new.co', 'Acme', '2026-06-04 00:01Z');
insert into public.domains (domain_name, provider, status) values ('bought.co', 'porkbun', 'active');
insert into public.domain_generations (client, base_name, created_at) values ('Acme', 'acme', '2026-01-01');
select results_eq('select deleted, has_more from private.sweep_domain_names(1)', 'values (1, true)', 'bounded');
select results_eq('select deleted, has_more from private.sweep_domain_names()', 'values (0, false)', 'and then no more');
select results_eq(
  'select domain_name from public.domain_availability_checks order by 1', $$values ('bought.co'), ('new.co')$$,
  'what is owned, and what is younger than 180 days, stays known'
);
select * from finish();
rollback;
