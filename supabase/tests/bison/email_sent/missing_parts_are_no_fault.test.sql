begin;
select plan(6);

create function pg_temp.receive(p_data text) returns text language sql as $$
  select outcome from integrations.receive_webhook(
    tests.endpoint('bison'), gen_random_uuid()::text, 'EMAIL_SENT', '{"data": ' || p_data || '}', '2026-03-02 10:00Z'
  )
$$;
select is(pg_temp.receive('null'), 'processed', 'no data');
select is(pg_temp.receive('{}'), 'processed', 'empty data');
select is(
  pg_temp.receive('{"lead": "casey@fabrikam.test", "campaign": 401, "sender_email": []}'), 'processed',
  'parts of another form'
);
select is(
  pg_temp.receive('{"lead": {"email": "a@b.test", "custom_variables": "none"}, "campaign": {"id": 401}}'), 'processed',
  'odd variables'
);
select is(pg_temp.receive('{"lead": {"email": " "}, "campaign": {"id": 401}}'), 'processed', 'a blank address');
select results_eq('select email, emails_sent from public.all_leads', $$values ('a@b.test', 1)$$, 'who can be known is');

select * from finish();
rollback;
