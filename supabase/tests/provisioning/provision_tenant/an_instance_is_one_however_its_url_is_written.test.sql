begin;
select plan(4);

create function pg_temp.connect(p_url text, p_token text) returns text language sql as $$
  select integrations.provision_tenant(
    'Acme',
    p_endpoints => jsonb_build_array(jsonb_build_object(
      'provider', 'bison', 'instance_url', p_url, 'workspace_id', '11', 'replace', true,
      'token_hash', encode(sha256(convert_to(p_token, 'UTF8')), 'hex')
    ))
  ) #>> '{endpoints,0,outcome}'
$$;
select is(pg_temp.connect('https://Acme.bison.test/login', 'one'), 'created', 'as it is copied from a browser');
select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z');
select is(pg_temp.connect('https://acme.bison.test', 'two'), 'replaced', 'the same instance has a new token');
select results_eq(
  'select instance_url from integrations.webhook_endpoints', $$values ('https://acme.bison.test')$$, 'at its one endpoint'
);
select tests.deliver(
  (select max(id) from integrations.webhook_endpoints), 'LEAD_INTERESTED', '2026-03-02 11:00Z',
  '{"data": {"campaign": {"id": 401}, "lead": {"email": "casey@fabrikam.test"}, "reply": {"id": 3001, "type": "Tracked Reply"}}}'
);
select results_eq('select replies from public.all_leads', 'values (1)', 'a reply is one before and after');

select * from finish();
rollback;
