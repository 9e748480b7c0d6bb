begin;
select plan(2);

select results_eq(
  $$select r.role
    from unnest(array['anon', 'authenticated', 'service_role', 'webhook_receiver', 'job_worker',
      'api_gateway']) r (role)
    where has_function_privilege(
      r.role, 'integrations.receive_webhook(bigint, text, text, text, timestamptz, text, bytea)', 'execute'
    )$$,
  $$values ('webhook_receiver')$$,
  'nobody else may hand a delivery in'
);
select results_eq(
  $$select p.oid::regprocedure::text
    from pg_proc p
    where p.pronamespace in ('integrations'::regnamespace, 'private'::regnamespace, 'public'::regnamespace)
      and has_function_privilege('webhook_receiver', p.oid, 'execute')
      and has_schema_privilege('webhook_receiver', p.pronamespace, 'usage')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    order by 1$$,
  $$values
    ('integrations.hint_enrichment(bytea)'),
    ('integrations.receive_slack(text,text,text,text,text,jsonb)'),
    ('integrations.receive_webhook(bigint,text,text,text,timestamp with time zone,text,bytea)'),
    ('integrations.receive_webhooks(jsonb)'),
    ('integrations.slack_app()'),
    ('integrations.webhook_endpoint(text,bytea)')$$,
  'and the receiver may do nothing else'
);

select * from finish();
rollback;
