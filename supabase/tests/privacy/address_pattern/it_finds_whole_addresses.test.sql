begin;
select plan(12);

create function pg_temp.finds(p_text text) returns boolean language sql as
$$select lower(p_text) ~ private.address_pattern('a.b+c@x-y.test')$$;

select ok(pg_temp.finds(text), text)
from unnest(array[
  'a.b+c@x-y.test', 'A.B+C@X-Y.TEST', '<a.b+c@x-y.test>', 'Write to a.b+c@x-y.test.', '["a.b+c@x-y.test"]',
  'https://x.test/?email=a.b%2Bc%40x-y.test&x=1'
]) as text;
select ok(not pg_temp.finds(text), text)
from unnest(array[
  'za.b+c@x-y.test', 'a.b+c@x-y.test.au', 'a.b+c@x-y.tested', 'axb+c@x-y.test', 'a.bbc@x-y.test', 'z-a.b+c@x-y.test'
]) as text;

select * from finish();
rollback;
