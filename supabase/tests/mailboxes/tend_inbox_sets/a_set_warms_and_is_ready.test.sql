begin;
select plan(12);

select tests.set_clock('2026-03-01 12:00Z');
insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_sets (name, client, quantity) values ('One', 'Acme', 2), ('None', 'Acme', 2);
insert into public.inboxes (client, bison_inbox_id, name, email, inbox_set_id)
select 'Acme', n, 'N', n || '@acme.test', s.id from public.inbox_sets s, generate_series(1, 2) as n where s.name = 'One';
select results_eq('select warming, ready from private.tend_inbox_sets()', 'values (0, 0)', 'none warms up');
update public.inboxes set warmup_enabled = true where bison_inbox_id = 1;
select results_eq('select warming, ready from private.tend_inbox_sets()', 'values (1, 0)', 'the first does');
select results_eq(
  $$select status, warmup_started_at from public.inbox_sets where name = 'One'$$,
  $$values ('warming', timestamptz '2026-03-01 12:00Z')$$, 'since then'
);
update public.inboxes set warmup_enabled = true, warmup_reputation = 90;
select tests.set_clock('2026-03-22 11:59:59Z');
select is((select ready from private.tend_inbox_sets()), 0, 'not a second early');
select results_eq('select warmup_days from public.inboxes', 'values (20), (20)', 'the days are counted');
select tests.set_clock('2026-03-22 12:00Z');
update public.inboxes set warmup_reputation = 89.9 where bison_inbox_id = 1;
select is((select ready from private.tend_inbox_sets()), 0, 'the average is 89.95');
update public.inboxes set warmup_reputation = 90.1 where bison_inbox_id = 2;
select is((select ready from private.tend_inbox_sets()), 1, 'the average is 90');
select results_eq(
  $$select status, ready_at from public.inbox_sets where name = 'One'$$,
  $$values ('ready', timestamptz '2026-03-22 12:00Z')$$, 'ready'
);
select is((select count(*) from integrations.notices where kind = 'inbox_set_ready' and client = 'Acme'), 1::bigint, 'people are told');
select results_eq('select warming, ready, days_counted from private.tend_inbox_sets()', 'values (0, 0, 0)', 'once');
select is((select status from public.inbox_sets where name = 'None'), 'ordered', 'the other waits');
select is((select warmup_days from public.inboxes where bison_inbox_id = 2), 21, 'the last day');

select * from finish();
rollback;
