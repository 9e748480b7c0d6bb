begin;
select plan(5);

create function pg_temp.ingest(p_at timestamptz) returns text language plpgsql as $$
begin
  perform tests.set_clock(p_at);
  return (select message from intake.f_ingest_json('[{"email": "ann@example.com"}]'::jsonb, 's', 'b') limit 1);
end
$$;

select is(pg_temp.ingest('2026-03-01'), 'pending', 'the first');
select is(pg_temp.ingest('2026-03-30 23:59:59'), 'duplicate', 'on the thirtieth day it is a duplicate');
select is(pg_temp.ingest('2026-03-31'), 'pending', 'after it is not, and the duplicate between counts for nothing');
update intake.raw_loads set status = 'failed';
select is(pg_temp.ingest('2026-04-01'), 'pending', 'a failed load can be sent again');
select is(
  (select array_agg(message order by load_id) from intake.f_ingest_json(
    array['{"email":"bob@example.com"}', '{"email":"BOB@example.com"}']::jsonb[], 's', 'b'
  ) where load_id is not null),
  array['pending', 'duplicate'], 'an array of rows is the same'
);

select * from finish();
rollback;
