begin;
select plan(14);

create function pg_temp.warm(p_change jsonb default '{}') returns boolean language sql as $$
  select private.is_warm(a.days, a.target, a.reputation, 90, a.connected, a.quantity, 90)
  from jsonb_to_record('{"days": 21, "target": 21, "reputation": 90, "connected": 9, "quantity": 10}'::jsonb || p_change)
    as a (days integer, target integer, reputation numeric, connected integer, quantity integer)
$$;
select ok(pg_temp.warm(), 'everything exactly at its threshold');
select ok(not pg_temp.warm('{"days": 20}'), 'a day too early');
select ok(pg_temp.warm('{"days": 22}'), 'a day later');
select ok(not pg_temp.warm('{"reputation": 89.99}'), 'just below the reputation');
select ok(not pg_temp.warm('{"connected": 8}'), 'too few are connected');
select ok(pg_temp.warm('{"connected": 12}'), 'more than were ordered');
select ok(not pg_temp.warm('{"connected": 0, "quantity": 0}'), 'an empty set');
select ok(pg_temp.warm('{"connected": 1, "quantity": 0}'), 'a set that was filled by hand');
select ok(not pg_temp.warm('{"days": null}'), 'without a start');
select ok(not pg_temp.warm('{"reputation": null}'), 'without a reputation');
select ok(not pg_temp.warm('{"target": null}'), 'without a target');
select is(private.days_since('2026-03-01 12:00Z', '2026-03-22 12:00Z'), 21, 'full days');
select is(private.days_since('2026-03-01 12:00Z', '2026-03-22 11:59:59.999Z'), 20, 'a moment earlier');
select is(private.days_since(null, '2026-03-22 12:00Z'), null, 'no start');

select * from finish();
rollback;
