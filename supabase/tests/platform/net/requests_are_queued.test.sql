begin;
select plan(20);

select columns_are('net', 'http_request_queue', array['id', 'method', 'url', 'headers', 'body', 'timeout_milliseconds']);
select columns_are('net', '_http_response', array[
  'id', 'status_code', 'content_type', 'headers', 'content', 'timed_out', 'error_msg', 'created'
]);
select function_returns('net', 'http_get', array['text', 'jsonb', 'jsonb', 'integer'], 'bigint');
select function_returns('net', 'http_post', array['text', 'jsonb', 'jsonb', 'jsonb', 'integer'], 'bigint');
select function_returns('net', 'http_delete', array['text', 'jsonb', 'jsonb', 'integer', 'jsonb'], 'bigint');
select is(
  (select array_agg(relpersistence) from pg_class where relnamespace = 'net'::regnamespace and relkind = 'r'),
  array['u', 'u']::"char"[],
  'both tables are unlogged'
);

create temp table request as
select net.http_post(
  'https://a.example/x', '{"a": 1}', params => '{"q": "ü & b"}', headers => '{"X-Key": "k"}', timeout_milliseconds => 700
) as id;
select results_eq(
  $$select method::text, url, headers, convert_from(body, 'UTF8')::jsonb, timeout_milliseconds
    from net.http_request_queue where id = (select id from request)$$,
  $$values (
    'POST', 'https://a.example/x?q=%C3%BC%20%26%20b', '{"X-Key": "k", "Content-Type": "application/json"}'::jsonb,
    '{"a": 1}'::jsonb, 700
  )$$,
  'a post is queued with its content type'
);
create temp table plain as
select
  net.http_post('https://a.example') as post,
  net.http_get('https://a.example/y?z=1', '{"a": "b"}') as get,
  net.http_delete('https://a.example/y') as delete;
select is(
  (select headers from net.http_request_queue where id = (select post from plain)),
  '{"Content-Type": "application/json"}', 'a post without headers'
);
select throws_like(
  $$select net.http_post('https://a.example', headers => '{"content-type": "text/plain"}')$$,
  'Content-Type header must be%', 'a post is JSON'
);
select is(
  (select (method, url, headers, body, timeout_milliseconds)::text from net.http_request_queue
   where id = (select get from plain)),
  '(GET,https://a.example/y?z=1&a=b,{},,5000)', 'a get'
);
select is(
  (select method::text from net.http_request_queue where id = (select delete from plain)),
  'DELETE', 'a delete'
);
select is(net.http_get(null), null, 'a get without a URL is nothing');

select is(
  (select (r).status::text from net._http_collect_response((select id from request)) as r), 'ERROR',
  'there is no answer yet'
);
insert into net._http_response (id, status_code, headers, content, timed_out)
select id, 201, '{"a": "b"}', 'made', false from request;
select is(
  (select (status, message, response)::text from net._http_collect_response((select id from request))),
  $$(SUCCESS,ok,"(201,""{""""a"""": """"b""""}"",made)")$$, 'and now there is'
);
select is((select created from net._http_response where id = (select id from request)), now(), 'an answer has its time');

select ok(has_schema_privilege('anon', 'net', 'usage'), 'everybody may use net, as on Supabase');
select ok(has_table_privilege('authenticated', 'net.http_request_queue', 'insert'), 'and queue requests');

set local role service_role;
select lives_ok($$select net.http_get('https://a.example')$$, 'service_role sends requests');
reset role;
select lives_ok('select net.worker_restart()', 'the worker can be restarted');
select throws_ok(
  $$insert into net.http_request_queue (method, url, timeout_milliseconds) values ('BREW', 'x', 1)$$, '23514', null,
  'get, post and delete are all there is'
);

select * from finish();
rollback;
