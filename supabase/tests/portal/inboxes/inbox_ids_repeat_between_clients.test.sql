begin;
select plan(5);

insert into public.inboxes (client, bison_inbox_id, name, email)
values ('Acme', 3, 'Ann', 'ann@acme.test'), ('Beta', 3, 'Bea', 'bea@beta.test'), (null, 3, 'Cy', 'cy@free.test');
select is((select count(*) from public.inboxes), 3::bigint, 'clients on two instances may count alike');
select is((select count(distinct id) from public.inboxes), 3::bigint, 'each inbox has an id of ours');

select throws_ok(
  $$insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 3, 'Ann', 'ann@acme.test')$$,
  '23505', null, 'a client has an inbox once'
);
select throws_ok(
  $$insert into public.inboxes (bison_inbox_id, name, email) values (3, 'Cy', 'cy@free.test')$$,
  '23505', null, 'so has nobody'
);
select results_eq(
  $$
    select type, status, lifecycle_status, emails_sent_count, warmup_enabled
    from public.inboxes where client = 'Acme'
  $$,
  $$values ('Inbox'::varchar, 'Connected'::varchar, 'active', 0, false)$$,
  'a new inbox is connected and has sent nothing'
);

select * from finish();
rollback;
