begin;
select plan(38);

select is(normalize_domain(given), wanted, format('%L', given))
from (
  values
    ('acme.com', 'acme.com'),
    ('Acme.COM', 'acme.com'),
    ('www.acme.com', 'acme.com'),
    ('WWW.Acme.com/', 'acme.com'),
    ('www.www.acme.com', 'acme.com'),
    ('https://acme.com', 'acme.com'),
    ('https://acme.com//', 'acme.com'),
    ('https://www.acme.com', 'acme.com'),
    ('https://www.acme.com/', 'acme.com'),
    ('HTTPS://www.www.acme.com', 'acme.com'),
    ('HTTP://WWW.ACME.COM', 'acme.com'),
    ('http:/acme.com', 'acme.com'),
    ('https:acme.com', 'acme.com'),
    ('//acme.com', 'acme.com'),
    ('ftp://acme.com', 'acme.com'),
    ('https://www.acme.com/about?utm=1#team', 'acme.com'),
    ('acme.com?utm=1', 'acme.com'),
    ('acme.com#team', 'acme.com'),
    ('acme.com/a@b', 'acme.com'),
    ('acme.com\about', 'acme.com'),
    ('acme.com:443', 'acme.com'),
    ('https://user:secret@acme.com:8080/x', 'acme.com'),
    ('acme.com.', 'acme.com'),
    ('  acme.com  ', 'acme.com'),
    (E'\tacme.com\r\n', 'acme.com'),
    (E'\ufeffacme.com\u200b', 'acme.com'),
    ('shop.acme.co.uk', 'shop.acme.co.uk'),
    ('www2.acme.com', 'www2.acme.com'),
    ('wwww.com', 'wwww.com'),
    ('3m.com', '3m.com'),
    ('1.com', '1.com'),
    ('ac--me.com', 'ac--me.com'),
    ('MÜNCHEN.de', 'münchen.de'),
    ('xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'),
    ('例え。テスト', '例え.テスト'),
    ('acme.xn--p1ai', 'acme.xn--p1ai'),
    (repeat('a', 63) || '.com', repeat('a', 63) || '.com'),
    (repeat('a.', 124) || 'com', repeat('a.', 124) || 'com')
) as example (given, wanted);

select * from finish();
rollback;
