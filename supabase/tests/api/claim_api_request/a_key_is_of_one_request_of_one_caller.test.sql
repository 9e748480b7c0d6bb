begin;
select plan(8);

select tests.set_clock('2026-03-03 12:00Z');
create function pg_temp.claim(p_caller text, p_request text) returns text language sql as $$
  select c.outcome || coalesce(' ' || c.status || ' ' || coalesce(c.body, 'nothing'), '')
  from integrations.claim_api_request(p_caller, 'k', sha256(p_request::bytea)) c
$$;

select is(pg_temp.claim('user:a', 'post'), 'new', 'a key that was not used yet');
select integrations.keep_api_answer('user:a', 'k', 201, '{"ETag": "x"}', '{"id": 1}');
select is(pg_temp.claim('user:a', 'post'), 'replay 201 {"id": 1}', 'the same request gets the same answer');
select is(
  (select c.headers from integrations.claim_api_request('user:a', 'k', sha256('post')) c), '{"ETag": "x"}',
  'with its headers'
);
select is(pg_temp.claim('user:a', 'other'), 'mismatch 201 {"id": 1}', 'another request may not use it');
select is(pg_temp.claim('user:b', 'other'), 'new', 'another caller has keys of their own');
select integrations.keep_api_answer('user:b', 'k', 201, '{}', null);
select is(pg_temp.claim('user:b', 'other'), 'replay 201 nothing', 'what was secret is not kept');

select tests.set_clock('2026-03-04 12:00:01Z');
select is(pg_temp.claim('user:a', 'other'), 'new', 'after 24 hours it is free again');
select is(
  (select count(*) from private.api_idempotency where caller = 'user:a' and status is null and body is null), 1::bigint,
  'and the old answer is gone'
);

select * from finish();
rollback;
