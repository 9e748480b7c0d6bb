begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Beta');
insert into public.inbox_tags (id, client, bison_tag_id, name)
values ('00000000-0000-4000-8000-00000000000a', 'Acme', 1, 'Google'),
       ('00000000-0000-4000-8000-00000000000b', 'Beta', 1, 'Google');

insert into public.inbox_tag_assignments (inbox_id, tag_id) values (7, '00000000-0000-4000-8000-00000000000a');
select is(client, 'Acme', 'the client is the tag''s') from public.inbox_tag_assignments;

insert into public.inbox_tag_assignments (inbox_id, tag_id, client)
values (8, '00000000-0000-4000-8000-00000000000b', 'Acme');
select is(client, 'Beta', 'whatever the writer says') from public.inbox_tag_assignments where inbox_id = 8;

update public.inbox_tag_assignments set tag_id = '00000000-0000-4000-8000-00000000000b' where inbox_id = 7;
select is(client, 'Beta', 'and follows another tag') from public.inbox_tag_assignments where inbox_id = 7;

select throws_ok(
  $$insert into public.inbox_tag_assignments (inbox_id, tag_id) values (9, gen_random_uuid())$$,
  '23503', null, 'a tag that does not exist is refused as such'
);
select throws_ok(
  $$insert into public.inbox_tag_assignments (inbox_id, tag_id) values (7, '00000000-0000-4000-8000-00000000000b')$$,
  '23505', null, 'an inbox has a tag once'
);

-- Staff of the agency see every client; a client's user neither writes nor sees another client's tag.
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select is((select count(*) from public.inbox_tag_assignments), 0::bigint, 'another client''s assignments are not seen');
select throws_ok(
  $$insert into public.inbox_tag_assignments (inbox_id, tag_id) values (9, '00000000-0000-4000-8000-00000000000b')$$,
  '42501', null, 'nor made'
);
select tests.clear();

select tests.authenticate_as(tests.create_user('manager'));
select throws_ok(
  $$insert into public.inbox_tag_assignments (inbox_id, tag_id) values (9, '00000000-0000-4000-8000-00000000000b')$$,
  '42501', null, 'staff makes them through tag_inboxes, which tells EmailBison'
);

select * from finish();
rollback;
