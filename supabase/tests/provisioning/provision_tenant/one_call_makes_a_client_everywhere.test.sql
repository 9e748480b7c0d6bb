begin;
select plan(16);

create function pg_temp.provision(p_token text, p_replace boolean default false) returns jsonb language sql as $$
  select integrations.provision_tenant(
    ' Acme ', 'Europe/Berlin', 'acme.test',
    jsonb_build_object('instance_url', 'https://acme.bison.test', 'workspace_id', '11', 'api_key', tests.sealed('key')),
    jsonb_build_array(
      jsonb_build_object(
        'provider', 'bison', 'instance_url', 'https://acme.bison.test', 'workspace_id', '11', 'replace', p_replace,
        'token_hash', encode(sha256(convert_to('bison' || p_token, 'UTF8')), 'hex')
      ),
      jsonb_build_object(
        'provider', 'calendly', 'signing_secret', tests.sealed(p_token), 'replace', p_replace,
        'token_hash', encode(sha256(convert_to('calendly' || p_token, 'UTF8')), 'hex')
      )
    )
  )
$$;

create temp table made as select pg_temp.provision('one') as answer;
select is((select answer ->> 'outcome' from made), 'created', 'the client is made');
select results_eq(
  $$select "Business", "Website", "App URL- Bison", "Client ID - Bison", "Api Key - Bison" from public."Clients"$$,
  $$values ('Acme', 'acme.test', 'https://acme.bison.test', '11', tests.sealed('key'))$$, 'with its particulars'
);
select results_eq(
  $$select t.business, t.time_zone, t.client_id = r.client_id, p.name, m.name::text
    from integrations.tenants t
    join public."RR_clients_IDs" r on r.client_name = t.business
    join shared.projects p on p.tenant_id = t.tenant_id
    join outbound.teams m on m.id = t.team_id$$,
  $$values ('Acme', 'Europe/Berlin', true, 'Acme', 'Acme')$$, 'and its names in every context'
);
select is((select count(*) from public.client_targets where client = 'Acme'), 1::bigint, 'and its targets');
select is((select answer -> 'endpoints' -> 0 ->> 'outcome' from made), 'created', 'the endpoints are made');
select is(
  (select workspace_id from integrations.webhook_endpoint('bison', sha256('bisonone'))), '11', 'the first one opens'
);
select is(
  (select require_signature from integrations.webhook_endpoint('calendly', sha256('calendlyone'))), true,
  'the other one wants its signature'
);
select is(
  (select new ->> 'tenant_id' from integrations.audit_log where action = 'provision_tenant'),
  (select answer ->> 'tenant_id' from made), 'it is audited'
);
select is_empty($$select from integrations.audit_log l where l::text ~ 'v1[.]test'$$, 'without secrets');

-- Again: whatever is there stays.
create temp table again as select pg_temp.provision('two') as answer;
select is((select answer ->> 'outcome' from again), 'kept', 'a second call finds the client');
select is((select answer -> 'endpoints' -> 1 ->> 'outcome' from again), 'kept', 'and its endpoints');
select is((select count(*) from integrations.webhook_endpoints), 2::bigint, 'no endpoint is added');
select is_empty(
  $$select from integrations.webhook_endpoint('bison', sha256('bisontwo'))$$, 'the token it brought opens nothing'
);

-- A new token on purpose.
select is(
  pg_temp.provision('three', true) -> 'endpoints' -> 1 ->> 'outcome', 'replaced', 'asked to, it replaces them'
);
select is(
  (select signing_secrets from integrations.webhook_endpoint('calendly', sha256('calendlythree'))),
  array[tests.sealed('three'), tests.sealed('one')], 'new token and secret hold'
);
select isnt_empty(
  $$select from integrations.webhook_endpoint('calendly', sha256('calendlyone'))$$, 'and the old ones for a while'
);

select * from finish();
rollback;
