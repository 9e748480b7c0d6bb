begin;
select plan(4);

select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z');
create temp table written as select e.ctid as place, e.* from public.engaged_leads e;
select is((select count(*) from written), 1::bigint, 'an engaged lead');
select private.derive_people(array[row('Acme', w.email)::private.person, row('Acme', 'nobody@x.test')::private.person])
from written w;
select is(
  (select e.ctid from public.engaged_leads e), (select w.place from written w), 'is not written when nothing changed'
);
select tests.bison('LEAD_REPLIED', '2026-03-05 09:00Z', '{"reply": {"id": 3002}}');
select isnt((select e.ctid from public.engaged_leads e), (select w.place from written w), 'news are');
select is((select count(*) from public.engaged_leads), 1::bigint, 'nobody else became one');

select * from finish();
rollback;
