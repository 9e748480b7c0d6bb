begin;
select plan(3);

select tests.endpoint('calendly');
update integrations.webhook_endpoints
set signing_secret = tests.sealed('new'), previous_signing_secret = tests.sealed('old'), require_signature = true,
    previous_signing_secret_expires_at = '2026-03-09 12:00Z';

select tests.set_clock('2026-03-09 11:59:59Z');
select is(
  (select signing_secrets from integrations.webhook_endpoint('calendly', sha256('calendlyAcme'))), 
  array[tests.sealed('new'), tests.sealed('old')],
  'both, the current one first'
);
select tests.set_clock('2026-03-09 12:00Z');
select is(
  (select signing_secrets from integrations.webhook_endpoint('calendly', sha256('calendlyAcme'))), 
  array[tests.sealed('new')],
  'then the current one alone'
);
select is(
  (select require_signature from integrations.webhook_endpoint('calendly', sha256('calendlyAcme'))), true,
  'and that a signature is wanted'
);

select * from finish();
rollback;
