begin;
select plan(4);

insert into public.domains (domain_name, provider, name_servers)
values (' Acme.CO', 'other', '{NS1.Test., ns2.test}');
select results_eq(
  'select domain_name, name_servers from public.domains', $$values ('acme.co', '{ns1.test,ns2.test}'::text[])$$,
  'in lower case'
);
select throws_ok(
  $$insert into public.domains (domain_name, provider) values ('ACME.co', 'other')$$, '23505', null, 'so each is there once'
);
select throws_ok(
  $$insert into public.domains (domain_name, provider) values ('acme co', 'other')$$, 'MR002',
  '"acme co" is no domain name.', 'what is none is said'
);
select throws_ok(
  $$update public.domains set name_servers = '{ns1.test, not a host}'$$, 'MR002', '"not a host" is no name server.',
  'also of a name server'
);

select * from finish();
rollback;
