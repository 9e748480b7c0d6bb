begin;
select plan(19);

create function pg_temp.company(p_domain text) returns uuid language sql as 'select id from company.master where domain = $1';
create function pg_temp.industry(p_domain text) returns text language sql as 'select industry from company.master where domain = $1';
insert into company.master (domain, name, industry, location, created_at)
values ('a.com', 'A', null, null, '2026-01-01'), ('b.com', 'B', 'Tools', null, '2026-01-02'), ('c.com', 'C', null, 'Bonn', '2026-01-03');
insert into people.master (email, company_id) select 'p@' || domain, id from company.master;

-- b into a, then a into c: b's share and b's people have gone on to c.
create temp table chain as
select company.merge_companies(pg_temp.company('a.com'), pg_temp.company('b.com')) as first, 0::bigint as second;
update chain set second = company.merge_companies(pg_temp.company('c.com'), pg_temp.company('a.com'));
select is(pg_temp.industry('c.com'), 'Tools', 'what b had goes on');
select is((select company.undo_merge(first) from chain), 'undone', 'the first of two merges is undone');
select is(pg_temp.industry('a.com'), null, 'a has it no more');
select is(pg_temp.industry('c.com'), null, 'nor has c');
select results_eq(
  $$select email from people.master where company_id = pg_temp.company('b.com')$$, $$values ('p@b.com')$$, 'people of b are back'
);
select results_eq(
  $$select email from people.master where company_id = pg_temp.company('c.com') order by 1$$, $$values ('p@a.com'), ('p@c.com')$$,
  'those of a stay'
);
update company.master set name = 'Same', location = 'Bonn' where domain in ('b.com', 'c.com');
select company.stage_companies('[{"domain": "b.com", "industry": "New"}]', 't');
select from company.promote_slots();
select is((select merged_into from company.master where domain = 'b.com'), null, 'b is not matched with c, either');
select is((select company.undo_merge(second) from chain), 'undone', 'then the second');
select results_eq(
  'select domain from company.master where merged_into is null order by 1', $$values ('a.com'), ('b.com'), ('c.com')$$, 'all are parted'
);
select results_eq(
  $$select email from people.master where company_id = pg_temp.company('a.com')$$, $$values ('p@a.com')$$, 'with their people'
);

-- Parted and put together again by hand.
update company.master set industry = 'Tools' where domain = 'b.com';
select company.merge_companies(pg_temp.company('a.com'), pg_temp.company('b.com')) as merge_id into temp again;
select is(pg_temp.industry('a.com'), 'Tools', 'a merge after an undo takes as the first did');
select is((select company.undo_merge(first) from chain), 'already_undone', 'the old one is over');
select is((select status from company.master where domain = 'b.com'), 'archived', 'and changes nothing');

-- Two into one: what the first gave, the second has as well.
update company.master set industry = 'Other' where domain = 'c.com';
select company.merge_companies(pg_temp.company('a.com'), pg_temp.company('c.com'));
select company.undo_merge((select merge_id from again));
select is(pg_temp.industry('a.com'), 'Other', 'the one that is still merged fills the gap');
select company.undo_merge(max(merge_id)) from company.merges where undone_at is null;
select is(pg_temp.industry('a.com'), null, 'until it is parted, too');
select is(pg_temp.industry('c.com'), 'Other', 'and keeps its own');

-- LinkedIn data goes with a person.
insert into people.master (email) values ('one@x.com'), ('two@x.com');
select people.store_intelligence('two@x.com', '{"skills": ["sql"]}');
select people.merge_people(o.id, t.id) as merge_id into temp joined from people.master o, people.master t where o.email = 'one@x.com' and t.email = 'two@x.com';
select is((select m.email from people.intelligence i join people.master m on m.id = i.person_id), 'one@x.com', 'it comes over');
delete from private.hub_changes;
select people.undo_merge((select merge_id from joined));
select is((select m.email from people.intelligence i join people.master m on m.id = i.person_id), 'two@x.com', 'and goes back');
select bag_eq(
  $$select distinct m.email from private.hub_changes c join people.master m on m.id = c.subject_id where c.kind = 'person'$$,
  $$values ('one@x.com'), ('two@x.com')$$, 'what is told of both is looked at again'
);

select * from finish();
rollback;
