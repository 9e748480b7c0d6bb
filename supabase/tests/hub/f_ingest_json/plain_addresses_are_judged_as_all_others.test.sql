begin;
select plan(2);

create temp table addresses as
select l.part || '@' || d.domain as address
from unnest(array['a', 'a.b', 'a_b', '_a', '.a', 'a.', 'a..b', '-a', 'a-', 'a+b', 'a''b', 'a b', 'a,b', 'A', '']) as l (part)
cross join unnest(array[
  'c.de', 'c.d', 'c.22', 'c.2d', 'c.d2', '-c.de', 'c-.de', 'c.-de', 'c_d.de', 'www.c.de', 'www.de', 'c..de', '.c.de', 'c.de.',
  'c.de-', 'c', 'c@d.de', '1.de', 'c--d.de', 'bücher.de', 'c.de:25', repeat('c', 64) || '.de'
]) as d (domain);

create temp table told as
select split_part(t.message, ': ', 2) as fault, count(*) as rows
from intake.f_ingest_json(
  (select jsonb_agg(jsonb_build_object('email', a.address)) from addresses a), 'test', 'addresses'
) t
where t.load_id is null
group by 1;

select is(
  (select jsonb_object_agg(t.fault, t.rows) from told t where t.fault <> ''),
  (
    select jsonb_object_agg(f.fault, f.rows)
    from (
      select private.address_fault(jsonb_build_object('email', a.address), lower(a.address), false) as fault, count(*) as rows
      from addresses a
      group by 1
    ) as f
    where f.fault is not null
  ),
  'as many are refused, for the same reasons'
);
select is(
  (select count(*) from intake.raw_loads r where private.address_fault(r.raw_data, r.raw_data ->> 'email', false) is not null),
  0::bigint, 'and what is stored has no fault'
);

select * from finish();
rollback;
