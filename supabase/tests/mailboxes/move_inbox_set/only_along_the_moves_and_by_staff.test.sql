begin;
select plan(13);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.inbox_sets (id, name, client, status)
values
  ('00000000-0000-4000-8000-000000000001', 'A', 'Acme', 'ready'), ('00000000-0000-4000-8000-000000000002', 'B', 'Birch', 'ordered');
insert into public.inboxes (client, bison_inbox_id, name, email, inbox_set_id, removed_at)
values
  ('Acme', 1, 'A', 'a@acme.test', '00000000-0000-4000-8000-000000000001', null),
  ('Acme', 2, 'B', 'b@acme.test', '00000000-0000-4000-8000-000000000001', now());

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok($$select public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'deployed')$$, 'MR004', null, 'no member');
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select is(public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'deployed', '7'), 'deployed', 'ready is deployed');
select results_eq(
  'select assigned_campaign_id from public.inboxes order by bison_inbox_id', $$values ('7'), (null)$$,
  'its living inboxes send for the campaign'
);
select is(public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'deployed'), 'deployed', 'a repetition is no error');
select is(public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'paused'), 'paused', 'paused');
select is(public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'resumed'), 'deployed', 'and what it was before');
select throws_ok($$select public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'ready')$$, 'MR003', null, 'not back');
select throws_ok($$update public.inbox_sets set status = 'warming' where name = 'A'$$, 'MR003', null, 'nor past the function');
select throws_ok($$select public.move_inbox_set('00000000-0000-4000-8000-000000000002', 'deployed')$$, 'MR003', null, 'not cold');
select throws_ok($$select public.move_inbox_set('00000000-0000-4000-8000-000000000002', 'sold')$$, 'MR003', null, 'nor anywhere');
select throws_ok($$select public.move_inbox_set(gen_random_uuid(), 'paused')$$, 'MR001', null, 'nobody''s set');
select is(public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'archived'), 'archived', 'archived');
select throws_ok($$select public.move_inbox_set('00000000-0000-4000-8000-000000000001', 'resumed')$$, 'MR003', null, 'for good');

select * from finish();
rollback;
