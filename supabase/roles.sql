-- `supabase start` runs this before the migrations, which leave roles alone that are there. For this machine only: on a
-- linked project set passwords of your own, and never push this file (`db push --include-roles`).

do $$
declare
  v_role text;
begin
  foreach v_role in array array['webhook_receiver', 'job_worker', 'api_gateway'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute format('create role %I login noinherit password %L', v_role, 'postgres');
    end if;
  end loop;
end
$$;
