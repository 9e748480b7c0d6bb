begin;
select plan(38);

select is(normalize_domain(given), null, format('%L', given))
from unnest(array[
  null, '', '   ', '.', '..', '-', 'n/a', 'none', 'acme', 'localhost', 'https://', 'https:///about', 'www.com', 'www.',
  'https://www.com', 'https://www.acme/',
  'bob@acme.com', 'mailto:bob@acme.com', 'javascript:alert(1)', '192.168.1.1', 'http://192.168.1.1:80/',
  'http://[::1]/',
  '123.456', 'acme.123', 'acme.c', 'acme..com', '.acme.com', '*.acme.com', '-acme.com', 'acme-.com', 'a_b.com',
  'acme .com', 'acme.com, bolt.com', 'acme.com:port', E'acme\u200b.com', E'acme\u2024com',
  repeat('a', 64) || '.com', repeat('a.', 130) || 'com'
]) as given;

select * from finish();
rollback;
