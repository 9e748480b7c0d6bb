begin;
select plan(17);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.domain_inventory (domain_name, client) values ('birch.test', 'Birch');
create function pg_temp.draft(
  p_domains text[] default array['acme.test'], p_names text default '[["Zoë", "Müller"], ["Tim", "O''Hara"]]',
  p_per integer default 3, p_provider text default 'inboxkit', p_platform text default null, p_client text default 'Acme'
) returns uuid language sql as $$
  select public.draft_mailbox_order(
    p_client, p_provider, p_domains,
    (select jsonb_agg(jsonb_build_object('first_name', n ->> 0, 'last_name', n ->> 1)) from jsonb_array_elements(p_names::jsonb) as n),
    p_per, p_platform
  )
$$;
grant execute on all functions in schema pg_temp to authenticated;
select tests.authenticate_as(tests.create_user('manager'));
select lives_ok($$select pg_temp.draft(array['Acme.test ', 'acme.test', 'get-acme.test'])$$, 'staff drafts');
select set_eq(
  $$select email from public.ordered_mailboxes$$,
  $$values ('zoe.muller@acme.test'), ('tim.ohara@acme.test'), ('zoemuller@acme.test'), ('zoe.muller@get-acme.test'),
    ('tim.ohara@get-acme.test'), ('zoemuller@get-acme.test')$$,
  'names in turn, letters alone, each domain once'
);
select results_eq(
  $$select order_ref ~ '^MO-[0-9]{6}$', provider, order_type, client, quantity, domains, mailbox_config ->> 'platform', status
    from public.provider_orders$$,
  $$values (true, 'inboxkit', 'mailboxes', 'Acme', 6, '["acme.test", "get-acme.test"]'::jsonb, 'google', 'draft')$$, 'the order'
);
select throws_ok($$select pg_temp.draft()$$, 'MR003', null, 'a mailbox is in one order alone');
select throws_ok($$select pg_temp.draft(array['other.test'], '[["A", "B"], ["Á", "B"]]', 2)$$, 'MR003', null, 'two of one address');
select lives_ok($$select pg_temp.draft(array['two.test'], '[["Ann", "Bee"]]', 4, 'missioninbox')$$, 'four of a name');
select set_eq(
  $$select username, platform from public.ordered_mailboxes where domain = 'two.test'$$,
  $$values ('ann.bee', 'smtp'), ('annbee', 'smtp'), ('a.bee', 'smtp'), ('ann.b', 'smtp')$$, 'which are these'
);
select throws_ok($$select pg_temp.draft(array['three.test'], '[["Ann", "Bee"]]', 5)$$, 'MR002', null, 'not five');
select throws_ok($$select pg_temp.draft(array['four.test'], '[["李", "Bee"]]', 1)$$, 'MR002', null, 'a name without letters');
select throws_ok($$select pg_temp.draft(array['no domain'])$$, 'MR002', '"no domain" is no domain name.', 'no domain name');
select throws_ok($$select pg_temp.draft(array[]::text[])$$, 'MR002', null, 'no domain at all');
select throws_ok($$select pg_temp.draft(array['birch.test'])$$, 'MR003', 'birch.test is another client''s.', 'another client''s domain');
select throws_ok($$select pg_temp.draft(array['five.test'], p_provider => 'missioninbox', p_platform => 'google')$$, 'MR002', null, 'not there');
select throws_ok($$select pg_temp.draft(array['six.test'], p_client => 'Nobody')$$, 'MR001', 'There is no such client.', 'nobody''s');
select tests.clear();
update integrations.settings set value = 3 where name = 'mailbox_orders.most_mailboxes';
select throws_ok($$select pg_temp.draft(array['seven.test'], p_per => 4)$$, 'MR002', 'An order has 1 to 3 mailboxes, this one 4.', 'too many');
select tests.authenticate_as(gen_random_uuid());
select throws_ok($$select pg_temp.draft(array['eight.test'])$$, 'MR001', 'There is no such client.', 'a stranger drafts nothing');
select tests.clear();
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok($$select pg_temp.draft(array['eight.test'])$$, 'MR004', null, 'nor does a user of the client');

select * from finish();
rollback;
