begin;
select plan(9);

select is(company.stage_companies('[{"domain": "a.com", "enriched_at": "soon"}, {"domain": "b.com", "enriched_at": "infinity"}]', 't'), 2, 'two');
select results_eq(
  'select rejection from company.slot order by slot_number', $$values ('enriched_at is no time'), ('enriched_at is no time')$$,
  'what can be foreseen is told when it comes'
);

-- What slipped in, as no check foresaw it.
insert into company.slot (domain, raw_data)
select 'c' || n || '.com', jsonb_build_object('name', 'C' || n, 'employee_count', case when n in (3, 4, 17) then 'x' else n::text end)
from generate_series(1, 20) as n;
insert into company.slot (domain, raw_data) values ('Mixed.Case.com', '{"name": "M"}'), ('d.com', '[]'), ('e.com', '{"revenue": "1e999999"}');
select results_eq('select * from company.promote_slots(100)', 'values (17, 6, false)', 'the others are promoted');
select is((select count(*) from company.master), 17::bigint, 'each of them');
select results_eq(
  $$
    select domain, regexp_replace(rejection, '^([0-9]{5}) .*', '\1') from company.slot
    where rejection is not null and raw_data ->> 'enriched_at' is null order by slot_number
  $$,
  $$values ('c3.com', 'employee_count is no number'), ('c4.com', 'employee_count is no number'), ('c17.com', 'employee_count is no number'),
    ('Mixed.Case.com', '23514'), ('d.com', 'the row is no object'), ('e.com', 'revenue is no number')$$,
  'these say why not'
);
select is(
  (select count(*) from company.slot where validation_status = 'rejected' and promoted_at is not null), 0::bigint, 'and are not promoted'
);

insert into people.slot (email, raw_data)
select 'p' || n || '@x.com', jsonb_build_object('name', 'P Q' || n, 'enriched_at', case when n = 5 then 'soon' else '2026-01-01' end)
from generate_series(1, 9) as n;
select results_eq('select * from people.promote_slots(100)', 'values (8, 1, false)', 'of people as well');
select results_eq(
  'select email, rejection from people.slot where rejection is not null', $$values ('p5@x.com', 'enriched_at is no time')$$, 'with the reason'
);
select results_eq('select * from people.promote_slots(100)', 'values (0, 0, false)', 'and not again');

select * from finish();
rollback;
