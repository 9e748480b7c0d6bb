begin;
select plan(9);

insert into public.inbox_tags (client, bison_tag_id, name)
values ('Acme', 1, 'Google'), ('Acme', 2, 'Warm'), ('Acme', 3, 'Empty');

create temp view counts as
select string_agg(name || ' ' || coalesce(inbox_count::text, '-'), ', ' order by bison_tag_id) as shown
from public.inbox_tags;

create function pg_temp.tag(p_name text) returns uuid language sql as $$
  select id from public.inbox_tags where name = p_name
$$;

insert into public.inbox_tag_assignments (inbox_id, tag_id)
select i, pg_temp.tag('Google') from generate_series(1, 10000) as i;
select is(shown, 'Google 10000, Warm 0, Empty 0', '10,000 rows in one statement are counted') from counts;

insert into public.inbox_tag_assignments (inbox_id, tag_id)
select i, pg_temp.tag('Google') from generate_series(1, 10) as i
on conflict do nothing;
select is(shown, 'Google 10000, Warm 0, Empty 0', 'what is there already is not counted again') from counts;

update public.inbox_tag_assignments set tag_id = pg_temp.tag('Warm') where inbox_id <= 400;
select is(shown, 'Google 9600, Warm 400, Empty 0', 'a move counts on both sides') from counts;

update public.inbox_tag_assignments set assigned_at = now();
select is(shown, 'Google 9600, Warm 400, Empty 0', 'another change counts on neither') from counts;

delete from public.inbox_tag_assignments where inbox_id between 301 and 500;
select is(shown, 'Google 9500, Warm 300, Empty 0', 'one delete counts for every tag it touches') from counts;

delete from public.inbox_tag_assignments where inbox_id < 0;
select is(shown, 'Google 9500, Warm 300, Empty 0', 'a statement without rows changes nothing') from counts;

update public.inbox_tags set inbox_count = null where name = 'Empty';
insert into public.inbox_tag_assignments (inbox_id, tag_id) values (1, pg_temp.tag('Empty')), (2, pg_temp.tag('Empty'));
select is(shown, 'Google 9500, Warm 300, Empty 2', 'a missing count starts at nothing') from counts;

delete from public.inbox_tags where name = 'Google';
select is(shown, 'Warm 300, Empty 2', 'a tag may go with its assignments') from counts;

select is(
  (select count(*) from public.inbox_tag_assignments),
  (select sum(inbox_count) from public.inbox_tags),
  'the counts add up to the rows'
);

select * from finish();
rollback;
