begin;
select plan(18);

insert into public."Clients" ("Business", "App URL- Bison") values ('Acme', 'https://bison.test'), ('Birch', null);
insert into public.inboxes (id, client, bison_inbox_id, name, email)
values (1, 'Acme', 11, 'A', 'a@acme.test'), (2, 'Acme', 12, 'B', 'b@acme.test'), (3, 'Birch', 13, 'C', 'c@birch.test');
insert into public.inbox_tags (id, client, bison_tag_id, name) values ('00000000-0000-4000-8000-000000000001', 'Acme', 5, 'Warm');
create function pg_temp.push() returns text language sql as $$
  select format('%s %s %s', p.bison_tag_id, p.attach, p.remove)
  from integrations.inbox_tag_push('00000000-0000-4000-8000-000000000001') p
$$;
create function pg_temp.tag(p_inboxes bigint[], p_attach boolean default true) returns integer language sql as $$
  select public.tag_inboxes('00000000-0000-4000-8000-000000000001', p_inboxes, p_attach)
$$;
grant execute on all functions in schema pg_temp to authenticated;
select tests.authenticate_as(tests.create_user('viewer'));
select throws_ok('select pg_temp.tag(array[1])', 'MR004', null, 'viewers tag nothing');
select throws_ok(
  $$insert into public.inbox_tag_assignments (inbox_id, tag_id) values (11, '00000000-0000-4000-8000-000000000001')$$, '42501', null,
  'nor past the function'
);
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select throws_ok('select pg_temp.tag(array[1, 3])', 'MR001', null, 'an inbox of another client');
select is(pg_temp.tag(array[1, 2, 2]), 2, 'two, each once');
select is(pg_temp.tag(array[1, 2]), 0, 'again: nothing changes');
select tests.clear();
select results_eq('select tags from public.inboxes where id < 3', $$values ('["Warm"]'::jsonb), ('["Warm"]')$$, 'they have it at once');
select is((select inbox_count from public.inbox_tags), 2, 'the tag counts them');
select is(pg_temp.push(), '5 {11,12} {}', 'EmailBison is to be told');
select is((select count(*) from outbound.job_queue where job_type = 'push_inbox_tags'), 1::bigint, 'by one job');

create temp table told as select versions from integrations.inbox_tag_push('00000000-0000-4000-8000-000000000001');
select is(pg_temp.tag(array[1], false), 1, 'while it is told, somebody takes the tag off one');
select is(integrations.inbox_tags_pushed('00000000-0000-4000-8000-000000000001', versions), 'again', 'so there is more to tell') from told;
select is(pg_temp.push(), '5 {} {11}', 'which is that');
create temp table told_again as select versions from integrations.inbox_tag_push('00000000-0000-4000-8000-000000000001');
select is(integrations.inbox_tags_pushed('00000000-0000-4000-8000-000000000001', versions), 'done', 'now it knows') from told_again;
select is(pg_temp.push(), null, 'everything');

-- A page of EmailBison's list, read before it was told, takes the tag back; the push sets it again.
select public.tag_inboxes('00000000-0000-4000-8000-000000000001', array[1]);
create temp table third as select versions from integrations.inbox_tag_push('00000000-0000-4000-8000-000000000001');
select private.tag_inbox('Acme', 5, 'Warm', 11, false);
select integrations.inbox_tags_pushed('00000000-0000-4000-8000-000000000001', versions) from third;
select is((select tags from public.inboxes where id = 1), '["Warm"]', 'what was told holds here, too');
select private.tag_inbox('Acme', 5, 'Warm', 11, false);

-- The other way: what EmailBison tells is not told back.
select private.tag_inbox('Acme', 5, 'Warm', 11, true);
select is(pg_temp.push(), null, 'a webhook pushes nothing');
select is((select tags from public.inboxes where id = 1), '["Warm"]', 'and tags the inbox');
select throws_ok($$select public.tag_inboxes(gen_random_uuid(), array[1])$$, 'MR001', null, 'no such tag');

select * from finish();
rollback;
