begin;
select plan(14);

insert into public."Clients" ("Business") values ('Acme'), ('West');
update integrations.tenants set time_zone = 'America/Los_Angeles' where business = 'West';
insert into public.provider_orders (order_ref, provider, order_type, client, quantity, status, activated_at, cancelled_at, renewal_date)
values
  ('A', 'inboxkit', 'mailboxes', 'Acme', 3, 'completed', '2026-03-01 23:59Z', null, null),
  ('B', 'inboxkit', 'mailboxes', 'West', 3, 'completed', '2026-03-02 07:59Z', null, null),
  ('C', 'inboxkit', 'mailboxes', 'Acme', 3, 'completed', '2026-03-01 12:00Z', '2026-03-05', '2026-03-20'),
  ('D', 'inboxkit', 'mailboxes', 'Acme', 3, 'processing', null, null, '2026-03-20');
create function pg_temp.told() returns text language sql as $$
  select coalesce(string_agg(format('%s %s', o.order_ref, n.details ->> 'days'), ', ' order by o.order_ref, n.details ->> 'days'), '')
  from integrations.notices n join public.provider_orders o on o.id = (n.details ->> 'order_id')::uuid
  where n.kind = 'mailbox_order_milestone'
$$;
select tests.set_clock('2026-03-30 23:59:59Z');
select is((select told from private.tell_order_milestones()), 0, 'the 29th day');
select tests.set_clock('2026-03-31 00:00Z');
select is((select told from private.tell_order_milestones()), 1, 'the 30th begins');
select is(pg_temp.told(), 'A 30', 'in UTC; in Los Angeles it is the 29th');
select is((select told from private.tell_order_milestones()), 0, 'once');
select tests.set_clock('2026-03-31 07:00Z');
select is((select told from private.tell_order_milestones()), 1, 'there it begins at seven, by summer time');
select tests.set_clock('2026-05-30 06:59Z');
select is((select told from private.tell_order_milestones()), 3, 'after a pause, what was missed');
select is(pg_temp.told(), 'A 30, A 60, A 90, B 30, B 60', 'canceled and unfinished orders have none; B is 89 days old');
select results_eq(
  $$select milestone_30d_notified, milestone_60d_notified, milestone_90d_notified from public.provider_orders order by order_ref$$,
  'values (true, true, true), (true, true, false), (false, false, false), (false, false, false)', 'marked'
);

update public.provider_orders set renewal_date = '2026-06-20' where order_ref = 'A';
select tests.set_clock('2026-06-12 23:59Z');
select private.tell_order_milestones();
select is((select count(*) from integrations.notices where kind = 'mailbox_order_renewal'), 0::bigint, 'eight days before');
select tests.set_clock('2026-06-13 00:00Z');
select is((select told from private.tell_order_milestones()), 1, 'seven days before');
select is((select told from private.tell_order_milestones()), 0, 'once');
update public.provider_orders set renewal_date = '2026-06-19' where order_ref = 'A';
select is((select told from private.tell_order_milestones()), 0, 'an earlier date is the same renewal');
update public.provider_orders set renewal_date = '2026-07-20' where order_ref = 'A';
select tests.set_clock('2026-07-13 00:00Z');
select is((select told from private.tell_order_milestones()), 1, 'the next one is told');
insert into public.provider_orders (
  order_ref, provider, order_type, client, quantity, status, activated_at, milestone_30d_notified, milestone_60d_notified,
  milestone_90d_notified, renewal_notified
)
values ('E', 'inboxkit', 'mailboxes', 'Acme', 3, 'completed', '2026-06-12 12:00Z', null, null, null, null);
select is((select told from private.tell_order_milestones()), 1, 'a mark that is null is none');

select * from finish();
rollback;
