begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme');
insert into public.inboxes (client, bison_inbox_id, name, email, lifecycle_status, removed_at)
values
  ('Acme', 1, 'A', 'a@acme.test', 'active', null), ('Acme', 2, 'B', 'b@acme.test', null, null),
  ('Acme', 3, 'C', 'c@acme.test', 'cancelled', null), ('Acme', 4, 'D', 'd@acme.test', 'removed', null),
  ('Acme', 5, 'E', 'e@acme.test', 'active', '2026-03-01'), (null, 6, 'F', 'f@acme.test', 'active', null);
insert into public.inbox_analytics (client, inbox_id, provider, date, emails_sent, bounce_count, replies_received)
values ('Acme', 1, 'bison', '2026-03-14', 100, 8, 1), ('Acme', 2, 'bison', '2026-03-14', 100, 5, 1);

select tests.set_clock('2026-03-15 05:00Z');
select results_eq('select checked, has_more from private.check_inbox_health(1)', $$values (1, true)$$, 'at most as many');
select results_eq('select checked, has_more from private.check_inbox_health(5)', $$values (1, false)$$, 'then the rest');
select set_eq(
  'select inbox_email, recommendation from public.inbox_health_checks',
  $$values ('a@acme.test', 'cancel'), ('b@acme.test', 'rotate')$$, 'neither removed nor cancelled nor nobody''s'
);
select is((select count(*) from integrations.notices where kind = 'inbox_health'), 1::bigint, 'one notice a client and day');
select tests.set_clock('2026-03-16 05:00Z');
select is((select checked from private.check_inbox_health()), 2, 'the next day');
select is((select count(*) from integrations.notices where kind = 'inbox_health'), 1::bigint, 'what was known is no news');
select results_eq(
  'select deliverability_score from public.inboxes where bison_inbox_id < 3 order by bison_inbox_id',
  'values (92.00), (95.00)', 'what arrived'
);

select * from finish();
rollback;
