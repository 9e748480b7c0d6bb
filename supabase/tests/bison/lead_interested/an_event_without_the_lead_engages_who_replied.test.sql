-- Somebody answers from another address than the one they were written to.
begin;
select plan(4);

create function pg_temp.reply(p_type text, p_id integer, p_changes jsonb default '{}') returns void language sql as $$
  select tests.bison(
    p_type, '2026-03-02 10:00Z',
    jsonb_build_object('reply', jsonb_build_object('id', p_id, 'from_email_address', 'alias@fabrikam.test')) || p_changes
  )
$$;
select pg_temp.reply('LEAD_REPLIED', 3001);
select pg_temp.reply('LEAD_INTERESTED', 3001, '{"lead": null}');
select results_eq(
  'select email, replied from public.engaged_leads', $$values ('casey@fabrikam.test', true)$$, 'by an earlier event'
);

select pg_temp.reply('LEAD_INTERESTED', 3002, '{"lead": null}');
select results_eq(
  'select email from public.engaged_leads order by email', $$values ('alias@fabrikam.test'), ('casey@fabrikam.test')$$,
  'the sender, as long as nobody else is known'
);
select pg_temp.reply('LEAD_REPLIED', 3002, '{"lead": {"id": 5002, "email": "jo@fabrikam.test"}}');
select results_eq(
  $$select email, replied from public.engaged_leads where email like 'jo%'$$, $$values ('jo@fabrikam.test', true)$$,
  'and by a later one'
);

select pg_temp.reply('LEAD_REPLIED', 3003, '{"lead": {"id": 5003, "email": "kim@fabrikam.test"}}');
select pg_temp.reply('UNTRACKED_REPLY_RECEIVED', 3003);
select is_empty($$select from public.engaged_leads where email like 'kim%'$$, 'without interest nobody is engaged');

select * from finish();
rollback;
