begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
insert into public.domains (domain_name, provider, client, status) values ('acme.co', 'porkbun', 'Acme', 'active');

create function pg_temp.set(p_purpose text, p_type text, p_content text)
returns integer
language sql
as $$
  select public.set_domain_records('Acme.CO', jsonb_build_array(
    jsonb_build_object('purpose', p_purpose, 'type', p_type, 'content', p_content)
  ))
$$;
select throws_ok($$select pg_temp.set('other', 'A', '300.1.1.1')$$, 'MR002', 'A "300.1.1.1" is no IPv4 address.');
select throws_ok($$select pg_temp.set('other', 'AAAA', '192.0.2.1')$$, 'MR002', 'AAAA "192.0.2.1" is no IPv6 address.');
select throws_ok($$select pg_temp.set('mx', 'MX', '10 mx.test')$$, 'MR002', 'MX "10 mx.test" is no host name.');
select throws_ok(
  $$select pg_temp.set('mx', 'TXT', 'mx.test')$$, 'MR002', 'TXT "mx.test" has purpose mx and is no MX record.'
);
select throws_ok(
  $$select pg_temp.set('spf', 'TXT', 'include:mail.test')$$, 'MR002',
  'TXT "include:mail.test" is no SPF policy (v=spf1 ...).'
);
select throws_ok(
  $$select pg_temp.set('dmarc', 'TXT', 'p=none')$$, 'MR002', 'TXT "p=none" is no DMARC policy (v=DMARC1; ...).'
);
select is_empty($$select from public.domain_dns_records where source = 'exact'$$, 'nothing of it is kept');
select lives_ok($$select pg_temp.set('other', 'A', '192.0.2.255')$$, 'an address');
select lives_ok($$select pg_temp.set('dkim', 'CNAME', 'k1._domainkey.mail.test.')$$, 'a host name');

select * from finish();
rollback;
