-- Same types and signatures as pgsql-http. A request that SQL waits for needs C code, which the embedded server has not:
-- http() has the server start a program for it, local/platform/http_request.js, whose command line stands here in place
-- of @http_program@. On a server that is not ours there is none, and http() says so.

create domain @extschema@.http_method as text;
create domain @extschema@.content_type as text check (value ~ '^\S+\/\S+');
create type @extschema@.http_header as (field varchar, value varchar);
create type @extschema@.http_response as (
  status integer,
  content_type varchar,
  headers @extschema@.http_header[],
  content varchar
);
create type @extschema@.http_request as (
  method @extschema@.http_method,
  uri varchar,
  headers @extschema@.http_header[],
  content_type varchar,
  content varchar
);

create unlogged table @extschema@._answers (
  xact xid8 not null default pg_current_xact_id(),
  answer text not null
);
revoke all on @extschema@._answers from public;

create function @extschema@.http(request @extschema@.http_request) returns @extschema@.http_response
language plpgsql security definer
set search_path = ''
as $$
declare
  v_program text := '@http_program@';
  v_request text := translate(encode(convert_to(jsonb_build_object(
    'method', upper(request.method), 'uri', request.uri, 'content_type', request.content_type,
    'content', request.content,
    'headers', (select coalesce(jsonb_agg(jsonb_build_array(h.field, h.value)), '[]') from unnest(request.headers) as h),
    'timeout', coalesce(nullif(current_setting('http.curlopt_timeout_msec', true), ''), '5000')::integer
  )::text, 'UTF8'), 'base64'), E'+/=\n', '-_');
  v_answer jsonb;
begin
  if v_program = '' then
    raise exception 'http() cannot send % % from this server', request.method, request.uri
      using
        errcode = '0A000',
        detail = 'A synchronous HTTP call from SQL needs the C extension http, which this server has not.',
        hint = 'Use net.http_get, net.http_post or net.http_delete.';
  elsif length(v_request) > 120000 then
    raise exception 'http() sends at most 90 kB here' using errcode = '54000';
  end if;
  -- Letters, digits, - and _ are all that the shell sees of the request.
  execute format('copy @extschema@._answers (answer) from program %L', v_program || ' ' || v_request);
  delete from @extschema@._answers a
  where a.xact = pg_current_xact_id()
  returning convert_from(decode(a.answer, 'base64'), 'UTF8')::jsonb into v_answer;
  if v_answer ? 'error' then
    raise exception '%', v_answer ->> 'error' using errcode = 'XX000';
  end if;
  return row(
    (v_answer ->> 'status')::integer, v_answer ->> 'content_type',
    array(
      select row(h.value ->> 0, h.value ->> 1)::@extschema@.http_header
      from jsonb_array_elements(v_answer -> 'headers') as h
    ),
    v_answer ->> 'content'
  )::@extschema@.http_response;
end
$$;

create function @extschema@.http_header(field varchar, value varchar) returns @extschema@.http_header
language sql immutable
as $$ select row($1, $2)::@extschema@.http_header $$;

create function @extschema@.http_headers(variadic args text[]) returns @extschema@.http_header[]
language plpgsql immutable strict
as $$
begin
  if cardinality(args) % 2 <> 0 then
    raise exception 'Arguments must be provided in key-value pairs';
  end if;
  return array(
    select row(args[i], args[i + 1])::@extschema@.http_header
    from generate_series(1, cardinality(args), 2) as i
  );
end
$$;

create function @extschema@.urlencode(string bytea) returns text
language sql immutable strict
as $$
  select coalesce(string_agg(
    case
      when byte = 32 then '+'
      when byte between 48 and 57 or byte between 65 and 90 or byte between 97 and 122 or byte in (45, 46, 95, 126)
        then chr(byte)
      else '%' || upper(lpad(to_hex(byte), 2, '0'))
    end,
    '' order by position
  ), '')
  from (
    select position, get_byte($1, position) as byte
    from generate_series(0, length($1) - 1) as position
  ) as encoded
$$;

create function @extschema@.urlencode(string varchar) returns text
language sql immutable strict
as $$ select @extschema@.urlencode(convert_to($1, 'UTF8')) $$;

create function @extschema@.urlencode(data jsonb) returns text
language sql immutable strict
as $$
  select string_agg(@extschema@.urlencode(key::varchar) || '=' || @extschema@.urlencode(value::varchar), '&')
  from jsonb_each_text($1)
  where value is not null
$$;

create function @extschema@.http_get(uri varchar) returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('GET', $1, null, null, null)::@extschema@.http_request) $$;

create function @extschema@.http_get(uri varchar, data jsonb) returns @extschema@.http_response
language sql
as $$
  select @extschema@.http(
    row('GET', $1 || '?' || @extschema@.urlencode($2), null, null, null)::@extschema@.http_request
  )
$$;

create function @extschema@.http_post(uri varchar, content varchar, content_type varchar)
returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('POST', $1, null, $3, $2)::@extschema@.http_request) $$;

create function @extschema@.http_post(uri varchar, data jsonb) returns @extschema@.http_response
language sql
as $$
  select @extschema@.http(
    row('POST', $1, null, 'application/x-www-form-urlencoded', @extschema@.urlencode($2))::@extschema@.http_request
  )
$$;

create function @extschema@.http_put(uri varchar, content varchar, content_type varchar)
returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('PUT', $1, null, $3, $2)::@extschema@.http_request) $$;

create function @extschema@.http_patch(uri varchar, content varchar, content_type varchar)
returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('PATCH', $1, null, $3, $2)::@extschema@.http_request) $$;

create function @extschema@.http_delete(uri varchar) returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('DELETE', $1, null, null, null)::@extschema@.http_request) $$;

create function @extschema@.http_delete(uri varchar, content varchar, content_type varchar)
returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('DELETE', $1, null, $3, $2)::@extschema@.http_request) $$;

create function @extschema@.http_head(uri varchar) returns @extschema@.http_response
language sql
as $$ select @extschema@.http(row('HEAD', $1, null, null, null)::@extschema@.http_request) $$;

create function @extschema@.http_set_curlopt(curlopt varchar, value varchar) returns boolean
language sql
as $$
  select case upper($1)
    when 'CURLOPT_TIMEOUT_MS' then set_config('http.curlopt_timeout_msec', $2::integer::text, false) is not null
    when 'CURLOPT_TIMEOUT' then set_config('http.curlopt_timeout_msec', ($2::integer * 1000)::text, false) is not null
    else true
  end
$$;

create function @extschema@.http_reset_curlopt() returns boolean
language sql
as $$ select set_config('http.curlopt_timeout_msec', '', false) is not null $$;

create function @extschema@.http_list_curlopt() returns table (curlopt text, value text)
language sql
as $$ select null::text, null::text where false $$;

create function @extschema@.text_to_bytea(data text) returns bytea
language sql immutable strict
as $$ select convert_to($1, 'UTF8') $$;

create function @extschema@.bytea_to_text(data bytea) returns text
language sql immutable strict
as $$ select convert_from($1, 'UTF8') $$;
