begin;
select plan(11);

insert into company.master (domain, name, industry, created_at) values ('a.com', 'A', null, '2026-01-01'), ('b.com', 'B', 'Tools', '2026-01-02');
insert into people.master (email, company_id) select 'p@b.com', id from company.master where domain = 'b.com';
insert into people.master (email, company_id) select 'p@a.com', id from company.master where domain = 'a.com';
create temp table merged as
select company.merge_companies(a.id, b.id) as merge_id, a.id as a, b.id as b
from company.master a, company.master b where a.domain = 'a.com' and b.domain = 'b.com';

select is((select (name, industry)::text from company.master where domain = 'a.com'), '(A,Tools)', 'the kept one takes what it lacked');
select is((select status from company.master where domain = 'b.com'), 'archived', 'the other is archived');
select is((select count(*) from people.master where company_id = (select a from merged)), 2::bigint, 'its people come over');
update people.master set title = 'x' where email = 'p@b.com';

select is(company.undo_merge((select merge_id from merged)), 'undone', 'it is undone');
select is((select industry from company.master where domain = 'a.com'), null, 'what was taken is gone');
select is((select (status, merged_into)::text from company.master where domain = 'b.com'), '(active,)', 'the other is back');
select results_eq(
  'select email from people.master where company_id = (select b from merged)', $$values ('p@b.com')$$, 'with its people, and no others'
);
select is(company.undo_merge((select merge_id from merged)), 'already_undone', 'once');
select is(company.undo_merge(0), 'unknown', 'there is no merge 0');

-- Parted, they are not put together again.
update company.master set name = 'Same', location = 'Bonn';
select company.stage_companies('[{"domain": "a.com", "industry": "New"}, {"domain": "b.com", "industry": "New"}]', 's');
select from company.promote_slots();
select is((select count(*) from company.master where merged_into is not null), 0::bigint, 'a pair once parted stays parted');

-- What was changed since stays.
select company.merge_companies(a, b) from merged;
update company.master set industry = 'Later' where domain = 'a.com';
select company.undo_merge(max(merge_id)) from company.merges;
select is((select industry from company.master where domain = 'a.com'), 'Later', 'what was changed since stays');

select * from finish();
rollback;
