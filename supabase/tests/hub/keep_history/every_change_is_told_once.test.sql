begin;
select plan(7);

select tests.set_clock('2026-03-01');
insert into company.master (domain, name) values ('a.com', 'A'), ('b.com', 'B');
insert into people.master (email, name) values ('ann@a.com', 'Ann');
select is((select count(*) from company.history) + (select count(*) from people.history), 0::bigint, 'what comes is no change');

select set_config('millrace.actor', 'user:7', true);
update company.master set industry = 'Tools', employee_count = 5;
select results_eq(
  'select changed_fields, old_values, new_values, changed_by, changed_at from company.history',
  $$
    select '["employee_count", "industry"]'::jsonb, '{"industry": null, "employee_count": null}'::jsonb,
      '{"industry": "Tools", "employee_count": 5}'::jsonb, 'user:7', '2026-03-01'::timestamptz
    from generate_series(1, 2)
  $$,
  'fields, old and new values, who and when'
);
update company.master set industry = 'Tools';
select is((select count(*) from company.history), 2::bigint, 'nothing is no change');
create temp table before as select history_id from company.history;

update people.master p set company_id = c.id from company.master c where c.domain = 'a.com';
select is((select new_values ->> 'company_id' from people.history), (select id::text from company.master where domain = 'a.com'), 'people as well');
select company.merge_companies(b.id, a.id) from company.master a, company.master b where a.domain = 'a.com' and b.domain = 'b.com';
select is((select count(*) from people.history), 2::bigint, 'also when their company is merged');
select is(
  (
    select array_agg(changed_fields) from company.history h join company.master m on m.id = h.company_id
    where m.domain = 'a.com' and h.history_id not in (select b.history_id from before b)
  ),
  array['["merged_into", "status"]'::jsonb], 'and the company itself'
);
delete from people.master;
select is((select count(*) from people.history), 0::bigint, 'a person''s history goes with the person');

select * from finish();
rollback;
