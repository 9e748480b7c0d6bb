-- Same names, columns, signatures and rights as pg_net. Like there, both tables are unlogged: a crash of the server
-- empties them, and a request that was taken is never sent twice.

create schema net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');

create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index _http_response_created_idx on net._http_response (created);

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);

create function net._urlencode_string(string varchar) returns text
language sql immutable strict
set search_path = ''
as $$
  select coalesce(string_agg(
    case
      when byte between 48 and 57 or byte between 65 and 90 or byte between 97 and 122 or byte in (45, 46, 95, 126)
        then chr(byte)
      else '%' || upper(lpad(to_hex(byte), 2, '0'))
    end,
    '' order by position
  ), '')
  from (
    select position, get_byte(bytes, position) as byte
    from convert_to($1, 'UTF8') as bytes, generate_series(0, length(bytes) - 1) as position
  ) as encoded
$$;

create function net._encode_url_with_params_array(url text, params_array text[]) returns text
language sql immutable strict
set search_path = ''
as $$
  select case
    when cardinality($2) = 0 then $1
    when $1 like '%?%' then $1 || '&' || array_to_string($2, '&')
    else $1 || '?' || array_to_string($2, '&')
  end
$$;

create function net._enqueue(p_method text, p_url text, p_params jsonb, p_headers jsonb, p_body jsonb, p_timeout integer)
returns bigint
language sql
set search_path = ''
as $$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  select
    p_method,
    net._encode_url_with_params_array(p_url, coalesce(
      (select array_agg(net._urlencode_string(key) || '=' || net._urlencode_string(value))
       from jsonb_each_text(p_params)),
      '{}'
    )),
    p_headers,
    convert_to(p_body::text, 'UTF8'),
    p_timeout
  returning id
$$;

create function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds integer default 5000
) returns bigint
language sql strict
set search_path = ''
as $$
  select net._enqueue('GET', url, params, headers, null, timeout_milliseconds)
$$;

create function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds integer default 5000
) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_content_type text := (
    select value
    from jsonb_each_text(coalesce(headers, '{}'))
    where lower(key) = 'content-type'
    limit 1
  );
begin
  if v_content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  if v_content_type is null then
    headers := coalesce(headers, '{}') || '{"Content-Type": "application/json"}';
  end if;
  return net._enqueue('POST', url, params, headers, body, timeout_milliseconds);
end
$$;

create function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds integer default 5000,
  body jsonb default null::jsonb
) returns bigint
language sql
set search_path = ''
as $$
  select net._enqueue('DELETE', url, params, headers, body, timeout_milliseconds)
$$;

create function net._await_response(request_id bigint) returns boolean
language plpgsql strict
set search_path = ''
as $$
begin
  while not exists (select from net._http_response r where r.id = request_id) loop
    perform pg_sleep(0.05);
  end loop;
  return true;
end
$$;

create function net._http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql strict
set search_path = ''
as $$
declare
  v_response net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;
  select * into v_response from net._http_response r where r.id = request_id;
  if not found then
    return row('ERROR', 'request matching request_id not found', null)::net.http_response_result;
  end if;
  return row('SUCCESS', 'ok', row(v_response.status_code, v_response.headers, v_response.content)::net.http_response)
    ::net.http_response_result;
end
$$;

create function net.http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql strict
set search_path = ''
as $$
begin
  raise notice 'The net.http_collect_response function is deprecated.';
  return net._http_collect_response(request_id, async);
end
$$;

create function net.worker_restart() returns boolean
language sql
set search_path = ''
as $$ select true $$;

create function net.wake() returns void
language sql
set search_path = ''
as $$ select null::void $$;

grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
