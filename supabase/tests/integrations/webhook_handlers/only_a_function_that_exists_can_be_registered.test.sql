begin;
select plan(4);

select throws_ok(
  $$insert into integrations.webhook_handlers values ('bison', 'X', 'public.handle_nothing')$$, 'MR002', null,
  'no such function'
);
select throws_ok(
  $$insert into integrations.webhook_handlers values ('bison', 'X', 'handle_bison_tag')$$, 'MR002', null,
  'the name is qualified'
);
select throws_ok(
  $$insert into integrations.webhook_handlers values ('bison', 'X', 'public.clients(); drop table y; --')$$, null, null,
  'and nothing but a name'
);
select is_empty(
  $$select * from integrations.webhook_handlers
    where to_regprocedure(handler || case when takes_many then '(bigint[])' else '(integrations.webhook_events)' end)
      is null$$,
  'every registered function exists'
);

select * from finish();
rollback;
