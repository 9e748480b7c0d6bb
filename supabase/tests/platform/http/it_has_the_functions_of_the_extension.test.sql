begin;
select plan(26);

select has_type('http', 'http_header', 'http_header');
select has_type('http', 'http_request', 'http_request');
select has_type('http', 'http_response', 'http_response');
select function_returns('http', 'http', array['http.http_request'], 'http.http_response');
select function_returns('http', 'http_get', array['character varying'], 'http.http_response');
select function_returns('http', 'http_get', array['character varying', 'jsonb'], 'http.http_response');
select has_function('http', 'http_post', array['character varying', 'jsonb']);
select has_function('http', 'http_post', array['character varying', 'character varying', 'character varying']);
select has_function('http', 'http_put', array['character varying', 'character varying', 'character varying']);
select has_function('http', 'http_patch', array['character varying', 'character varying', 'character varying']);
select has_function('http', 'http_delete', array['character varying']);
select has_function('http', 'http_delete', array['character varying', 'character varying', 'character varying']);
select has_function('http', 'http_head', array['character varying']);
select has_function('http', 'http_set_curlopt', array['character varying', 'character varying']);
select has_function('http', 'http_reset_curlopt', array[]::text[]);
select has_function('http', 'http_list_curlopt', array[]::text[]);

select is(http.urlencode('my special string''s & things?'), 'my+special+string%27s+%26+things%3F', 'text');
select is(http.urlencode('ü-_.~'), '%C3%BC-_.~', 'text beyond ASCII');
select is(http.urlencode('{"name": "Colin & James", "rate": "50%"}'::jsonb), 'name=Colin+%26+James&rate=50%25', 'jsonb');
select is((http.http_header('a', 'b')).value, 'b', 'a header');
select is(array_length(http.http_headers('a', 'b', 'c', 'd'), 1), 2, 'headers');

select throws_ok($$select http.http_get('file:///etc/passwd')$$, 'XX000', null, 'only http and https are asked');
select throws_ok($$select http.http_get('no address')$$, 'XX000', null, 'and what is an address');
select ok(not has_schema_privilege('anon', 'http', 'usage'), 'nobody asks from outside');
select ok(not has_schema_privilege('authenticated', 'http', 'usage'), 'nor a user');
select ok(has_schema_privilege('service_role', 'http', 'usage'), 'a service does');

select * from finish();
rollback;
