begin;
select plan(23);

select has_type('extensions', 'http_header', 'http_header');
select has_type('extensions', 'http_request', 'http_request');
select has_type('extensions', 'http_response', 'http_response');
select function_returns('extensions', 'http', array['extensions.http_request'], 'extensions.http_response');
select function_returns('extensions', 'http_get', array['character varying'], 'extensions.http_response');
select function_returns('extensions', 'http_get', array['character varying', 'jsonb'], 'extensions.http_response');
select has_function('extensions', 'http_post', array['character varying', 'jsonb']);
select has_function('extensions', 'http_post', array['character varying', 'character varying', 'character varying']);
select has_function('extensions', 'http_put', array['character varying', 'character varying', 'character varying']);
select has_function('extensions', 'http_patch', array['character varying', 'character varying', 'character varying']);
select has_function('extensions', 'http_delete', array['character varying']);
select has_function('extensions', 'http_delete', array['character varying', 'character varying', 'character varying']);
select has_function('extensions', 'http_head', array['character varying']);
select has_function('extensions', 'http_set_curlopt', array['character varying', 'character varying']);
select has_function('extensions', 'http_reset_curlopt', array[]::text[]);
select has_function('extensions', 'http_list_curlopt', array[]::text[]);

select is(extensions.urlencode('my special string''s & things?'), 'my+special+string%27s+%26+things%3F', 'text');
select is(extensions.urlencode('ü-_.~'), '%C3%BC-_.~', 'text beyond ASCII');
select is(extensions.urlencode('{"name": "Colin & James", "rate": "50%"}'::jsonb), 'name=Colin+%26+James&rate=50%25', 'jsonb');
select is((extensions.http_header('a', 'b')).value, 'b', 'a header');
select is(array_length(extensions.http_headers('a', 'b', 'c', 'd'), 1), 2, 'headers');

select throws_ok($$select extensions.http_get('https://a.example')$$, '0A000', null, 'a request is refused');
select throws_like(
  $$select extensions.http_post('https://a.example', '{}'::jsonb)$$, '%cannot send POST https://a.example%',
  'in clear words'
);

select * from finish();
rollback;
