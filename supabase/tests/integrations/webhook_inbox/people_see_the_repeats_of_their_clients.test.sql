begin;
select plan(5);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => c.name, p_key => 'key 1')
from (values ('Acme'), ('Other'), ('Other')) as c (name);
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select results_eq(
  'select client, duplicate_count, last_duplicate_at from integrations.webhook_inbox',
  $$values ('Acme', 0, null::timestamptz)$$, 'a client''s user'
);
select is_empty('select * from integrations.webhook_repeats', 'learns nothing of other clients');
select throws_ok('update integrations.webhook_repeats set times = 0', '42501', null, 'and changes nothing');
select tests.clear();
select tests.authenticate_as(tests.create_user('admin'));
select results_eq(
  'select client, duplicate_count, last_duplicate_at from integrations.webhook_inbox order by 1',
  $$values ('Acme', 0, null), ('Other', 1, now())$$, 'the agency sees all'
);
select tests.clear();
select tests.as_role('anon');
select throws_ok('select * from integrations.webhook_inbox', '42501', null, 'nobody else sees any');

select * from finish();
rollback;
