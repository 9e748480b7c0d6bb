begin;
select plan(10);

create function pg_temp.person(p_name text) returns uuid language sql as $$
  select id from people.master where email = p_name || '@x.com'
$$;
create function pg_temp.merge(p_kept text, p_merged text) returns bigint language sql as $$
  select people.merge_people(pg_temp.person(p_kept), pg_temp.person(p_merged))
$$;
create function pg_temp.data_of(p_name text) returns text language sql as $$
  select string_agg(linkedin_data ->> 'of', ',') from people.intelligence where person_id = pg_temp.person(p_name)
$$;
insert into people.master (email) select n || '@x.com' from unnest('{one,two,three,four,five}'::text[]) n;
select people.store_intelligence(n || '@x.com', jsonb_build_object('of', n), now() - interval '1 day') from unnest('{two,three,five}'::text[]) n;

-- It came over to one who became part of a third, which has its own.
create temp table did as select pg_temp.merge('one', 'two') as first, pg_temp.merge('three', 'one') as second;
select is(array[pg_temp.data_of('one'), pg_temp.data_of('three')], '{two,three}', 'there is one place');
select people.undo_merge(first) from did;
select is(pg_temp.data_of('two'), 'two', 'it goes back from the one between');
select people.undo_merge(second) from did;

-- It went on, went back, and came to the same by itself.
create temp table more as select pg_temp.merge('one', 'two') as first, pg_temp.merge('four', 'one') as second, 0::bigint as third;
select is(pg_temp.data_of('four'), 'two', 'it goes on');
select people.undo_merge(first) from more;
update more set third = pg_temp.merge('four', 'two');
select people.undo_merge(second) from more;
select is(pg_temp.data_of('four'), 'two', 'who brought it once does not take it away');

-- Two have some for one place.
select pg_temp.merge('four', 'five');
select people.undo_merge(third) from more;
select is(pg_temp.data_of('two'), 'two', 'its own again');
select is(pg_temp.data_of('four'), 'five', 'and what another one still merged has takes its place');
select people.undo_merge(max(merge_id)) from people.merges where undone_at is null;
select is(pg_temp.data_of('five'), 'five', 'until it is parted');

-- Who is gone needs nothing.
select pg_temp.merge('four', 'one'), pg_temp.merge('four', 'two'), pg_temp.merge('four', 'five');
select integrations.erase_person('four@x.com');
select is(pg_temp.data_of('five'), 'five', 'data of others stays with them when the kept one is forgotten');

-- The same with people of companies.
insert into company.master (domain) values ('a.com'), ('b.com'), ('c.com');
create function pg_temp.company(p_domain text) returns uuid language sql as 'select id from company.master where domain = $1';
update people.master set company_id = pg_temp.company('b.com') where email = 'one@x.com';
create temp table joined as
select company.merge_companies(pg_temp.company('a.com'), pg_temp.company('b.com')) as first,
  company.merge_companies(pg_temp.company('c.com'), pg_temp.company('a.com')) as second, 0::bigint as third;
select company.undo_merge(first) from joined;
update joined set third = company.merge_companies(pg_temp.company('c.com'), pg_temp.company('b.com'));
select company.undo_merge(second) from joined;
select is((select company_id from people.master where email = 'one@x.com'), pg_temp.company('c.com'), 'who came by the new merge stays');
select company.undo_merge(third) from joined;
select is((select company_id from people.master where email = 'one@x.com'), pg_temp.company('b.com'), 'until that is undone');

select * from finish();
rollback;
