-- A row is a duplicate of one that turns out to be no contact: the person is there all the same.
begin;
select plan(12);

create function pg_temp.ingest(p_at timestamptz, p_rows jsonb) returns void language plpgsql as $$
begin
  perform tests.set_clock(p_at);
  perform from intake.f_ingest_json(p_rows, 's', 'b');
end
$$;
create function pg_temp.states(p_email text) returns text[] language sql as $$
  select array_agg(status order by load_id) from intake.raw_loads where raw_data ->> 'email' = p_email
$$;
create function pg_temp.bad(p_email text) returns jsonb language sql as
$$ select jsonb_build_object('email', p_email, 'company', repeat('x', 501)) $$;

select pg_temp.ingest('2026-03-01', jsonb_build_array(
  pg_temp.bad('ann@a.com'), '{"email": "bob@a.com", "name": "Bob"}'::jsonb, pg_temp.bad('cid@a.com'), pg_temp.bad('dan@a.com')
));
select pg_temp.ingest('2026-03-02', jsonb_build_array(
  '{"email": "Ann@a.com", "name": "Ann"}'::jsonb, '{"email": "ann@a.com", "name": "Ann Lee"}'::jsonb,
  '{"email": "bob@a.com", "name": "Bob Ray"}'::jsonb, pg_temp.bad('cid@a.com'), '{"email": "cid@a.com", "name": "Cid"}'::jsonb,
  '{"email": "dan@a.com", "name": "Dan"}'::jsonb
));
-- Of whom a later one waits that is no duplicate, nothing else is needed.
select pg_temp.ingest('2026-04-01', '[{"email": "dan@a.com", "name": "Dan Fox"}]');
select is(pg_temp.states('dan@a.com'), '{pending,duplicate,pending}', 'dan came again after thirty days');
select is(failed_count, 4, 'three are no contacts, one of them twice') from vault.f_promote_contacts();
select is((select name from intake.contacts where email = 'ann@a.com'), 'Ann', 'ann is there, by her first good row');
select is(pg_temp.states('ann@a.com'), '{failed,promoted,duplicate}', 'one of her duplicates took the place');
select is(
  (select array_agg(r.metadata ->> 'duplicate_of' = o.load_id::text order by r.load_id) from intake.raw_loads r, intake.raw_loads o
    where r.raw_data ->> 'email' = 'ann@a.com' and o.raw_data ->> 'email' = 'ann@a.com' and o.status = 'promoted'),
  '{null,null,true}', 'and the other one is a duplicate of that'
);
select is(pg_temp.states('bob@a.com'), '{promoted,duplicate}', 'a duplicate of a good one stays what it is');
select is(pg_temp.states('cid@a.com'), '{failed,failed,promoted}', 'also after two bad ones');
select is(pg_temp.states('dan@a.com'), '{failed,duplicate,promoted}', 'dan is known by the one that waited');
select is((select count(*) from intake.pending_ranges), 0::bigint, 'nothing waits any more');

-- The same by ids.
select pg_temp.ingest('2026-05-01', jsonb_build_array(pg_temp.bad('eve@a.com'), '{"email": "eve@a.com", "name": "Eve"}'::jsonb));
select is(failed_count, 1, 'one that is named fails')
from vault.f_promote_contacts((select array[min(load_id)] from intake.raw_loads where raw_data ->> 'email' = 'eve@a.com'));
select is(pg_temp.states('eve@a.com'), '{failed,pending}', 'the other one waits');
select from vault.f_promote_contacts();
select is((select name from intake.contacts where email = 'eve@a.com'), 'Eve', 'and is promoted with the next');

select * from finish();
rollback;
