begin;
select plan(3);

select intake.open_incoming();
insert into pg_temp.incoming (n, content)
values
  (1, '{"email": "ann.lee@acme.com"}'), (2, '{"email": "Ann@Acme.com"}'), (3, '{"email": " ann@acme.com"}'),
  (4, '{"email": "no address"}'), (5, '{"name": "Ann"}'), (6, '[1]'), (7, '{"email": "ann@www.acme.com"}'), (8, '{"email": 7}');
select results_eq(
  'select n, given, is_plain from pg_temp.incoming order by n',
  $$
    values
      (1::bigint, 'ann.lee@acme.com', true), (2, 'Ann@Acme.com', false), (3, ' ann@acme.com', false),
      (4, 'no address', false), (5, null, null), (6, null, null), (7, 'ann@www.acme.com', false), (8, '7', false)
  $$,
  'each row with its address, and whether it may stay as it is'
);

create temp table address as
select a as given, private.address_fault(jsonb_build_object('email', a), lower(btrim(a)), false) as fault
from unnest(array[
  'a@b.co', 'a-b_c.d@e-f.g-h.io', 'a..b@c.de', '.a@c.de', 'a.@c.de', 'a@c', 'a@c.d', 'a@-c.de', 'a@c-.de', 'a@c..de', 'A@c.de',
  'a@c.d1', 'a b@c.de', 'a@@c.de', 'ä@c.de', 'a@ä.de', 'a+b@c.de', repeat('a', 60) || '@c.de', repeat('a', 70) || '@c.de',
  'a@' || repeat('c', 70) || '.de', 'a@c.de' || chr(10), 'o''neil@c.de', 'a@c.123', 'a@www.c.de', '', '@c.de', 'a@'
]) as a;
do $$ begin execute format('create temp table plain as select * from address where %s', private.plain_address('given')); end $$;
select is_empty(
  'select given, fault from plain where fault is not null or given <> lower(btrim(given)) or length(split_part(given, ''@'', 1)) > 64',
  'what is plain is sound and stays as it is'
);
select bag_eq(
  'select given from plain', $$values ('a@b.co'), ('a-b_c.d@e-f.g-h.io')$$, 'and only what is beyond doubt is plain'
);

select * from finish();
rollback;
