begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Acme');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Other');
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select results_eq('select client from integrations.webhook_events', $$values ('Acme')$$, 'a client''s user');
select throws_ok('update integrations.webhook_events set status = $$ignored$$', '42501', null, 'who changes nothing');
select throws_ok('select signing_secret from integrations.webhook_endpoints', '42501', null, 'and reads no secret');
select tests.clear();
select tests.authenticate_as(tests.create_user('admin'));
select is((select count(*) from integrations.webhook_events), 2::bigint, 'the agency sees all');

select * from finish();
rollback;
