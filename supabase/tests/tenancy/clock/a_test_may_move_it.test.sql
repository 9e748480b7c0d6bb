begin;
select plan(3);

select is(private.clock(), now(), 'it is the transaction''s time');
select tests.set_clock('2026-03-29 00:59:59Z');
select is(private.clock(), timestamptz '2026-03-29 00:59:59Z', 'until a test sets it');
select is(
  (select provolatile::text from pg_proc where oid = 'private.clock()'::regprocedure), 's',
  'stable, as an index may use it'
);

select * from finish();
rollback;
