begin;
select plan(6);

select is(private.company_domain_of('ada@Bolt.example', '{}'), 'bolt.example', 'the address names the company');
select is(
  private.company_domain_of('ada@bolt.example', '{"Company Website": "https://www.Gears.example/us"}'), 'gears.example',
  'a variable does so before it'
);
select is(private.company_domain_of('ada@GMAIL.com', '{}'), null, 'a mailbox provider is none');
select is(
  private.company_domain_of('ada@gmail.com', '{"domain": "gmail.com"}'), null,
  'nor where a list made the domain of the address'
);
select is(
  private.company_domain_of('ada@gmail.com', '{"domain": "gmail.com", "website": "bolt.example"}'), 'bolt.example',
  'another variable may name it'
);
select is(
  private.company_domain_of('ada@zoho.example', '{"website": "zoho.com"}'), 'zoho.com',
  'who works for a provider has a company'
);

select * from finish();
rollback;
