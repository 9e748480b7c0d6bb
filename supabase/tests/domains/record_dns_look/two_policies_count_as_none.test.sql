begin;
select plan(8);
insert into public."Clients" ("Business") values ('Acme');
select public.set_domain_provider(
  'porkbun', 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40), 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40)
);
insert into public.domains (domain_name, provider, client, status, name_servers)
values ('try-acme.co', 'porkbun', 'Acme', 'active', array['a.ns.test', 'B.ns.test']);
select private.request_domain_setup('try-acme.co');

create function pg_temp.look(p_spf jsonb, p_dmarc jsonb, p_ns jsonb default '["b.ns.test.", "a.ns.test."]')
returns text
language sql
as $$
  select integrations.record_dns_look('try-acme.co', jsonb_build_array(
    jsonb_build_object('name', 'try-acme.co', 'type', 'TXT', 'answers', p_spf),
    jsonb_build_object('name', '_dmarc.try-acme.co', 'type', 'TXT', 'answers', p_dmarc),
    jsonb_build_object('name', 'try-acme.co', 'type', 'NS', 'answers', p_ns)
  ))
$$;
select is(pg_temp.look('["\"v=spf1 -all\""]', '["\"v=DMARC1; p=reject;\""]'), 'verified', 'as wanted');
select is(
  pg_temp.look('["\"v=spf1 -all\"", "\"other=1\""]', '["\"v=DMARC1; \" \"p=reject;\""]'), 'verified',
  'beside other texts, and in pieces'
);
select is(pg_temp.look('["\"v=spf1 -all\"", "\"v=spf1 mx\""]', '["\"v=DMARC1; p=reject;\""]'), 'waiting', 'two SPF');
select results_eq(
  'select spf_configured, dmarc_configured, dns_configured, failed_dns_checks from public.domains',
  $$values (false, true, false, 1)$$, 'is no SPF'
);
select is(pg_temp.look('["\"v=spf1 -all\""]', '["\"V=dmarc1; p=reject;\""]'), 'waiting', 'another DMARC than wanted');
select is(
  pg_temp.look('["\"v=spf1 -all\""]', '["\"v=DMARC1; p=reject;\""]', '["a.ns.test."]'), 'waiting', 'a name server less'
);
select is(pg_temp.look('["\"v=spf1 -all\""]', '["\"v=DMARC1; p=reject;\""]'), 'verified', 'and all right again');
update public.domain_inventory set inbox_provider = 'inboxkit';
select is(
  pg_temp.look('["\"v=spf1 -all\""]', '["\"v=DMARC1; p=reject;\""]'), 'waiting', 'who has mailboxes needs DKIM and MX'
);
select * from finish();
rollback;
