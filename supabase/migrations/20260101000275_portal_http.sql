-- The documented HTTP functions, over Supabase's extension `http` wherever it is installed. They send from inside of the
-- network, wait in a transaction and could be pointed at anything: services alone may call them. What Millrace itself
-- sends goes through jobs.

do $$
declare
  v_schema name := coalesce(
    (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
     where e.extname = 'http'),
    'http'
  );
  v_answer text := format('%I.http_response', v_schema);
begin
  if v_schema = 'http' then
    grant usage on schema http to service_role;
  end if;
  execute format(
    'create function public.http(request %1$I.http_request) returns %1$I.http_response language sql '
    'set search_path = '''' as ''select %1$I.http(request)''',
    v_schema
  );
  execute format(
    'create function public.urlencode(data jsonb) returns text language sql immutable strict '
    'set search_path = '''' as ''select %I.urlencode(data)''',
    v_schema
  );
  execute format(
    'create function public.http_get(uri varchar) returns %s language sql '
    'set search_path = '''' as ''select %I.http_get(uri)''',
    v_answer, v_schema
  );
  execute format(
    'create function public.http_head(uri varchar) returns %s language sql '
    'set search_path = '''' as ''select %I.http_head(uri)''',
    v_answer, v_schema
  );
  execute format(
    'create function public.http_delete(uri varchar) returns %s language sql '
    'set search_path = '''' as ''select %I.http_delete(uri)''',
    v_answer, v_schema
  );
  execute format(
    'create function public.http_post(uri varchar, content varchar, content_type varchar) returns %s language sql '
    'set search_path = '''' as ''select %I.http_post(uri, content, content_type)''',
    v_answer, v_schema
  );
  execute format(
    'create function public.http_put(uri varchar, content varchar, content_type varchar) returns %s language sql '
    'set search_path = '''' as ''select %I.http_put(uri, content, content_type)''',
    v_answer, v_schema
  );
  execute format(
    'create function public.http_patch(uri varchar, content varchar, content_type varchar) returns %s language sql '
    'set search_path = '''' as ''select %I.http_patch(uri, content, content_type)''',
    v_answer, v_schema
  );
end;
$$;

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname ~ '^(http(_get|_head|_delete|_post|_put|_patch)?|urlencode)$'
  loop
    execute format(
      'comment on function %s is %L', v_function,
      'As of the extension http. For services only: the address must never come from a user.'
    );
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end;
$$;
