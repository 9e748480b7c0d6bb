begin;
select plan(4);

create function pg_temp.receive(p_key text, p_data text) returns text language sql as $$
  select outcome
  from integrations.receive_webhook(tests.endpoint('bison'), p_key, 'EMAIL_SENT', '{"data": ' || p_data || '}',
    '2026-03-02 10:00Z')
$$;
select is(pg_temp.receive('key 1', '{"campaign": {"id": "spring"}}'), 'dead', 'a campaign id that is no number');
select is(
  pg_temp.receive('key 2', '{"campaign": {"id": 99999999999}, "lead": {"email": "a@b.test"}}'), 'dead',
  'one too large'
);
select results_eq(
  'select delivery_key, last_sqlstate from integrations.webhook_events order by 1',
  $$values ('key 1', '22P02'), ('key 2', '22003')$$,
  'the events say why'
);
select is((select count(*) from private.pending_events), 0::bigint, 'and have no effect');

select * from finish();
rollback;
