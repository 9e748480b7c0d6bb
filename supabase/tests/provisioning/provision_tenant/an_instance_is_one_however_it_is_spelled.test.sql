begin;
select plan(3);

create function pg_temp.outcome(p_instance text, p_workspace text) returns text language sql as $$
  select integrations.provision_tenant(
    'Acme', p_endpoints => jsonb_build_array(
      jsonb_build_object(
        'provider', 'bison', 'instance_url', p_instance, 'workspace_id', p_workspace,
        'token_hash', encode(sha256(convert_to(p_instance || p_workspace, 'UTF8')), 'hex')
      )
    )
  ) #>> '{endpoints,0,outcome}'
$$;

select is(pg_temp.outcome('https://acme.bison.test', '11'), 'created', 'the first one is made');
select is(pg_temp.outcome('https://Acme.bison.test/', '11'), 'kept', 'another spelling of it is the same');
select is(pg_temp.outcome('https://acme.bison.test', '12'), 'created', 'another workspace is not');

select * from finish();
rollback;
