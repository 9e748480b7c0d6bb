begin;
select plan(6);
select tests.connect_slack();
create function pg_temp.ask(p_text text) returns text language sql as $$
  select r.message
  from integrations.receive_slack('command', 'T1', 'A1', 'U1', gen_random_uuid()::text, jsonb_build_object('text', p_text)) as r
$$;
select matches(pg_temp.ask('stauts'), E'^There is no command `stauts`.\nTry one of these:\n', 'a word that is none');
select matches(pg_temp.ask('<@U1>`x'), E'^There is no command `&lt;@U1&gt;x`.\n', 'it pings nobody');
select matches(pg_temp.ask('help'), E'^Try one of these:\n', 'help is no typo');
select is(
  pg_temp.ask('client'), 'Name the client, or how its name begins: `/millrace client North`.', 'a client must be named'
);
select is(
  pg_temp.ask('replay soon'), 'Name the event by its number: `/millrace replay 4711`.', 'an event is a number'
);
select is(pg_temp.ask('replay #4711'), 'No webhook event has this id.', 'with or without its sign');

select * from finish();
rollback;
