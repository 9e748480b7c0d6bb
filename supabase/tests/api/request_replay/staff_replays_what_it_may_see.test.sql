begin;
select plan(6);

select tests.endpoint('bison', 'Acme');
insert into public."Clients" ("Business") values ('Birch');
insert into integrations.webhook_events (provider, client, endpoint_id, delivery_key, event_type, payload, status)
values
  ('bison', 'Acme', 1, 'k', 'NOBODY_HANDLES_IT', '{}', 'dead'),
  ('bison', 'Acme', 1, 'l', 'EMAIL_SENT', '{}', 'processed');
create temp table event as
select delivery_key, id from integrations.webhook_events;
create temp table person as
select tests.create_user('manager') as manager, tests.create_user('member', 'Acme') as member,
  tests.create_user('member', 'Birch') as stranger;
grant select on event, person to authenticated;
create function pg_temp.replay(p_key text) returns text language sql as $$
  select integrations.request_replay(coalesce((select id from event where delivery_key = p_key), -1))
$$;
grant execute on function pg_temp.replay(text) to authenticated;

select tests.authenticate_as((select stranger from person));
select throws_ok($$select pg_temp.replay('k')$$, 'MR001', null, 'another client''s event is unknown');
select throws_ok($$select pg_temp.replay('none')$$, 'MR001', null, 'as one that is not there');
select tests.authenticate_as((select member from person));
select throws_ok($$select pg_temp.replay('k')$$, 'MR004', null, 'a client''s user sees it and may not');
select tests.authenticate_as((select manager from person));
select is(pg_temp.replay('k'), 'ignored', 'staff has it handled');
select throws_ok($$select pg_temp.replay('l')$$, 'MR003', null, 'what was processed stays so');
select tests.clear();
select is(
  (select status from integrations.webhook_events where delivery_key = 'k'), 'ignored',
  'the event says what became of it'
);

select * from finish();
rollback;
