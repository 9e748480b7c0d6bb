begin;
select plan(14);

insert into public."Clients" ("Business") values ('Acme');
insert into public.domain_inventory (domain_name, client) values ('a.test', 'Acme');
create temp table ordered as select public.draft_mailbox_order(
  'Acme', 'inboxkit', array['a.test', 'b.test'], '[{"first_name": "Ann", "last_name": "Bee"}]', 2
) as id;
grant select on ordered to authenticated;
select throws_ok('select public.submit_mailbox_order(id) from ordered', 'MR003', null, 'a draft was not looked at');
select public.export_mailbox_order(id) from ordered;
select throws_ok('select public.submit_mailbox_order(id) from ordered', 'MR003', null, 'there is no account');
insert into public.inbox_providers (provider_name, api_key, is_active) values ('inboxkit', tests.sealed('key'), false);
select throws_ok('select public.submit_mailbox_order(id) from ordered', 'MR003', null, 'it is switched off');
update public.inbox_providers set is_active = true;

select tests.authenticate_as(tests.create_user('viewer'));
select throws_ok('select public.submit_mailbox_order(id) from ordered', 'MR004', null, 'viewers spend nothing');
select tests.clear();
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok('select public.submit_mailbox_order(id) from ordered', 'MR004', null, 'nor do clients');
select tests.clear();
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select throws_ok($$update public.provider_orders set status = 'submitted'$$, '42501', null, 'nor past the function');
select tests.clear();

select is(public.submit_mailbox_order(id), 'submitted', 'submitted') from ordered;
select is(public.submit_mailbox_order(id), 'submitted', 'again') from ordered;
select results_eq(
  $$select i.domain, i.quantity, i.status, s.quantity, s.provider, s.status, i.order_number like o.order_ref || '-_'
    from public.inbox_orders i join public.inbox_sets s on s.id = i.inbox_set_id join public.provider_orders o on o.id = i.order_id
    order by 1$$,
  $$values ('a.test', 2, 'pending', 2, 'google', 'ordered', true), ('b.test', 2, 'pending', 2, 'google', 'ordered', true)$$,
  'a part and a set for each domain, once'
);
select is(
  (select count(*) from outbound.job_queue where job_type = 'submit_mailbox_order' and limit_key = 'mailboxes:inboxkit'),
  2::bigint, 'a job for each part'
);
select is((select count(*) from public.ordered_mailboxes where inbox_order_id is not null), 4::bigint, 'every mailbox has its part');
select results_eq(
  'select inboxes_ordered, inbox_provider from public.domain_inventory', $$values (2, 'inboxkit')$$, 'the domain knows it'
);
select isnt((select submitted_at from public.provider_orders), null, 'when');
select throws_ok('select public.submit_mailbox_order(gen_random_uuid())', 'MR001', null, 'no such order');

select * from finish();
rollback;
