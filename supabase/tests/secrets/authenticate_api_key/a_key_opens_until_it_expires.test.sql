begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as select tests.create_user('member', 'Acme') as member;
select tests.set_clock('2026-03-09 10:00Z');
create temp table key as
select integrations.create_api_key(
  member, 'Script', '{leads:read,crm:write}', encode(sha256('mr_key'), 'hex'), 'abcd1234', '2026-03-10 10:00Z', 'Acme', 30
) as id
from who;
create function pg_temp.last_used() returns timestamptz language sql as
$$select last_used from shared.user_api_keys$$;
create function pg_temp.authenticate() returns setof uuid language sql as
$$select key_id from integrations.authenticate_api_key(encode(sha256('mr_key'), 'hex'))$$;

select results_eq(
  $$select * from integrations.authenticate_api_key(encode(sha256('mr_key'), 'hex'))$$,
  $$select member, id, '{leads:read,crm:write}'::text[], 'Acme', 30 from who, key$$,
  'the key tells whose it is and what it may do'
);
select is(pg_temp.last_used(), '2026-03-09 10:00Z', 'its use is noted');
select is_empty(
  $$select integrations.authenticate_api_key(encode(sha256('mr_kez'), 'hex'))$$, 'another key opens nothing'
);

select tests.clear();
select tests.set_clock('2026-03-09 10:00:59Z');
select isnt_empty('select pg_temp.authenticate()', 'it opens again');
select is(pg_temp.last_used(), '2026-03-09 10:00Z', 'within a minute nothing is written');
select tests.set_clock('2026-03-09 10:01:01Z');
select isnt_empty('select pg_temp.authenticate()', 'and again');
select is(pg_temp.last_used(), '2026-03-09 10:01:01Z', 'after it the use is noted');

update auth.users set banned_until = '2026-03-09 12:00Z' where id = (select member from who);
select is_empty('select pg_temp.authenticate()', 'not while its user is banned');
select tests.set_clock('2026-03-10 10:00Z');
select is_empty('select pg_temp.authenticate()', 'nor once it has expired');

select * from finish();
rollback;
