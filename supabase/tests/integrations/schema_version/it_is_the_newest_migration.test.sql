begin;
select plan(2);

select is(
  integrations.schema_version(), (select max(version) from supabase_migrations.schema_migrations),
  'as the migration history says'
);
select results_eq(
  $$select r.role
    from unnest(array['anon', 'authenticated', 'webhook_receiver', 'job_worker', 'api_gateway']) r (role)
    where has_function_privilege(r.role, 'integrations.schema_version()', 'execute')$$,
  $$values ('api_gateway')$$,
  'for the health check'
);

select * from finish();
rollback;
