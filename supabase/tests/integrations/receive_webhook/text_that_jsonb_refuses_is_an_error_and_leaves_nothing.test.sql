begin;
select plan(6);

create function pg_temp.receive(p_payload text) returns text language sql as $$
  select outcome from integrations.receive_webhook(tests.endpoint('bison'), 'key 1', 'EMAIL_SENT', p_payload)
$$;
select tests.endpoint('bison');

select throws_ok($$select pg_temp.receive('{"a": ')$$, '22P02', null, 'no JSON');
select throws_ok($$select pg_temp.receive('{"a": "\u0000"}')$$, '22P05', null, 'a NUL');
select throws_ok($$select pg_temp.receive('{"a": "\ud800"}')$$, '22P02', null, 'half a surrogate pair');
select throws_ok($$select pg_temp.receive('{"a": 1e400000}')$$, '22003', null, 'a number out of range');
select throws_ok($$select pg_temp.receive(repeat('[', 100000))$$, '54001', null, 'too deep');
select is((select count(*) from integrations.webhook_events), 0::bigint, 'nothing is stored under the key');

select * from finish();
rollback;
