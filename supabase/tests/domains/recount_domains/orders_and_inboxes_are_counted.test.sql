begin;
select plan(24);

insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key)
values ('inboxkit', tests.sealed('key')), ('missioninbox', tests.sealed('key'));
insert into public.domains (domain_name, provider, client, status, dns_configured)
values ('a.test', 'porkbun', 'Acme', 'active', true), ('b.test', 'porkbun', 'Acme', 'active', true);

create function pg_temp.use(p_domain text)
returns text
language sql
as $$
  select concat_ws(' ', i.status, i.inboxes_ordered, i.inboxes_active)
  from public.domain_inventory i
  where i.domain_name = p_domain
$$;
create function pg_temp.draft(p_provider text, p_domains text[])
returns uuid
language sql
as $$
  select public.draft_mailbox_order('Acme', p_provider, p_domains, '[{"first_name": "Ann", "last_name": "Bee"}]', 2)
$$;

-- Ordered.
create temp table one as select pg_temp.draft('inboxkit', array['a.test', 'b.test']) as id;
select is(pg_temp.use('a.test'), 'configured 0 0', 'a draft orders nothing');
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from one;
select is(pg_temp.use('a.test'), 'configured 2 0', 'submitted: all of its mailboxes count');
select public.submit_mailbox_order(id) from one;
select is(pg_temp.use('b.test'), 'configured 2 0', 'a repetition counts nothing twice');
select integrations.finish_mailbox_submission(id, 'x', '[]') from public.inbox_orders;
select integrations.record_mailbox_poll(
  id, jsonb_build_array(
    jsonb_build_object('email', 'ann.bee@' || domain, 'state', 'active', 'uid', 'u-' || domain),
    jsonb_build_object('email', 'annbee@' || domain, 'state', case domain when 'a.test' then 'active' else 'failed' end)
  )
) from public.inbox_orders;
select is(pg_temp.use('a.test'), 'configured 2 0', 'made: as before');
select is(pg_temp.use('b.test'), 'configured 1 0', 'one that could not be made is not ordered any more');
select public.retry_mailbox_order(id) from one;
select is(pg_temp.use('b.test'), 'configured 2 0', 'tried again, it is');

-- Connected.
insert into public.inboxes (client, bison_inbox_id, name, email, status)
values
  ('Acme', 1, 'A', 'Ann.Bee@A.test', 'Connected'), ('Acme', 2, 'A', 'annbee@a.test', 'Disconnected'),
  ('Acme', 3, 'A', 'ann.bee@b.test', 'Connected'), ('Acme', 4, 'A', 'x@elsewhere.test', 'Connected');
select is(pg_temp.use('a.test'), 'in_use 2 1', 'an inbox that is connected puts the domain to use');
select is(pg_temp.use('b.test'), 'in_use 2 1', 'all domains of a statement at once');
select isnt((select activated_at from public.domain_inventory where domain_name = 'a.test'), null, 'from then on');
update public.inboxes set status = 'Connected';
select is(pg_temp.use('a.test'), 'in_use 2 2', 'connected again');
create temp table place as select ctid::text as place from public.domain_inventory where domain_name = 'a.test';
update public.inboxes set emails_sent_count = 7, warmup_reputation = 90;
select results_eq(
  $$select ctid::text from public.domain_inventory where domain_name = 'a.test'$$, 'select place from place',
  'what says nothing of its use touches nothing'
);
update public.inboxes set email = 'moved@b.test' where bison_inbox_id = 2;
select is(pg_temp.use('a.test') || ', ' || pg_temp.use('b.test'), 'in_use 2 1, in_use 2 2', 'one that moves counts where it is');
update public.inboxes set removed_at = now() where bison_inbox_id in (2, 3);
select is(pg_temp.use('b.test'), 'configured 2 0', 'removed: nobody sends from it');
delete from public.inboxes where bison_inbox_id = 1;
select is(pg_temp.use('a.test'), 'configured 2 0', 'deleted: the same');
insert into public.inboxes (client, bison_inbox_id, name, email, status)
values ('Acme', 5, 'A', 'ann.bee@a.test', 'Connected');
update public.inboxes set lifecycle_status = 'cancelled' where bison_inbox_id = 5;
select is(pg_temp.use('a.test'), 'configured 2 0', 'given up: the same');

-- Canceled.
select integrations.cancel_inboxes(array(select id from public.inboxes where bison_inbox_id = 5));
select is(pg_temp.use('a.test'), 'configured 2 0', 'what is being canceled is still ordered');
select integrations.finish_mailbox_cancellation(array(select id from public.ordered_mailboxes where status = 'canceling'));
select is(pg_temp.use('a.test'), 'configured 1 0', 'what is canceled is not');

-- Known late.
insert into public.inboxes (client, bison_inbox_id, name, email, status)
values ('Acme', 6, 'A', 'a@late.test', 'Connected');
create temp table two as select pg_temp.draft('missioninbox', array['late.test']) as id;
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from two;
insert into public.domains (domain_name, provider, client, status) values ('late.test', 'porkbun', 'Acme', 'active');
select is(pg_temp.use('late.test'), 'in_use 2 1', 'a domain that is known late is counted at once');
insert into public.domain_inventory (domain_name, client) values ('free.test', 'Acme');
insert into public.inboxes (client, bison_inbox_id, name, email, status)
values ('Acme', 7, 'A', 'a@free.test', 'Connected');
select is(pg_temp.use('free.test'), 'available 0 1', 'what is not ours has no other status for it');
update public.domains set status = 'expired' where domain_name = 'late.test';
select is(pg_temp.use('late.test'), 'expired 2 1', 'what has expired stays so');

-- Mended.
update public.domain_inventory set inboxes_active = 9, inboxes_ordered = null where domain_name in ('a.test', 'b.test');
select results_eq('select changed, has_more from private.count_domain_inboxes(1)', 'values (1, true)', 'one at a time');
select results_eq('select changed, has_more from private.count_domain_inboxes(1)', 'values (1, true)', 'the next');
select results_eq('select changed, has_more from private.count_domain_inboxes(1)', 'values (0, false)', 'none is left');
select is(pg_temp.use('a.test'), 'configured 1 0', 'mended');

select * from finish();
rollback;
