begin;
select plan(4);

select tests.endpoint('bison', 'Acme');
select tests.endpoint('bison', 'Other');
select tests.endpoint('calendly', 'Acme');

select results_eq(
  $$select endpoint_id, client, instance_url, workspace_id, require_signature, signing_secrets
    from integrations.webhook_endpoint('bison', sha256('bisonAcme'))$$,
  $$values (tests.endpoint('bison'), 'Acme', 'https://acme.bison.test', '11', false, '{}'::text[])$$,
  'its client, and what the receiver checks'
);
select is_empty(
  $$select * from integrations.webhook_endpoint('calendly', sha256('bisonAcme'))$$,
  'not under another provider''s address'
);
select is_empty($$select * from integrations.webhook_endpoint('bison', sha256('guess'))$$, 'a guess opens nothing');
select is_empty($$select * from integrations.webhook_endpoint('bison', null)$$, 'nor does no token');

select * from finish();
rollback;
