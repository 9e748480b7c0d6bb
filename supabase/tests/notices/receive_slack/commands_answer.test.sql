begin;
select plan(10);
select tests.connect_slack();
insert into public."Clients" ("Business") values ('Acorn');
create function pg_temp.ask(p_user text, p_text text) returns text language sql as $$
  select r.message
  from integrations.receive_slack('command', 'T1', 'A1', p_user, gen_random_uuid()::text, jsonb_build_object('text', p_text)) as r
$$;
insert into integrations.webhook_events (provider, client, endpoint_id, delivery_key, event_type, payload, status)
values ('bison', 'Acme', 1, 'k', 'EMAIL_SENT', '{}', 'dead');

select is(
  pg_temp.ask('U9', 'status'), 'You may not use Millrace here. Somebody of the agency can add U9.', 'who is not listed'
);
select matches(pg_temp.ask('U3', ''), E'^Try one of these:\n`/millrace client <name>`\n`/millrace status`$', 'help');
select matches(pg_temp.ask('U1', 'what?'), 'replay <event id>', 'who may decide may do more');
select matches(pg_temp.ask('U3', ' STATUS '), E'\n\\*Webhooks\\*: 0 to be tried again, 1 dead\n', 'status');
select matches(pg_temp.ask('U3', 'client ACME'), '^\*Acme\*, the last seven days', 'client');
select is(pg_temp.ask('U3', 'client ac'), 'Several clients begin like that. Write more of the name.', 'not which');
select matches(pg_temp.ask('U3', 'client acm'), '^\*Acme\*', 'the beginning is enough');
select is(pg_temp.ask('U3', 'client zeta'), 'There is no client of this name.', 'none');
select is(pg_temp.ask('U3', 'replay 1'), 'You may not do this.', 'only who may decide replays');
select is(pg_temp.ask('U1', 'replay 999999'), 'No webhook event has this id.', 'what the rules say is told');

select * from finish();
rollback;
