begin;
select plan(4);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', p_client => 'Acme');
select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', p_client => 'Other');
select is((select count(*) from public.replies), 2::bigint, 'two instances may use one id');

update integrations.webhook_endpoints set instance_url = 'https://acme.bison.test';
select throws_ok(
  $$select tests.bison('LEAD_REPLIED', '2026-03-03 10:00Z', p_client => 'Other')$$, 'P0001',
  'LEAD_REPLIED failed: MR005 Another client has this reply.',
  'one instance may not'
);
update integrations.webhook_endpoints set instance_url = null;
select lives_ok(
  $$select tests.bison('LEAD_REPLIED', '2026-03-03 10:00Z', p_client => c) from unnest(array['Acme', 'Other']) c$$,
  'of instances that nobody named, each client has its own'
);
select is((select count(*) from public.replies), 4::bigint, 'so nothing is mixed up');

select * from finish();
rollback;
