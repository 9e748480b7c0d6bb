begin;
select plan(2);

select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00Z', p_client => 'Acme');
select tests.endpoint('bison', 'Other');
update integrations.webhook_endpoints set instance_url = 'https://acme.bison.test';
select throws_ok(
  $$select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00Z', p_client => 'Other')$$, 'P0001',
  'EMAIL_BOUNCED failed: MR005 Another client has this bounce.', 'two endpoints of one instance are a mistake'
);
select results_eq('select client from public.bounces', $$values ('Acme')$$, 'nothing changed');

select * from finish();
rollback;
