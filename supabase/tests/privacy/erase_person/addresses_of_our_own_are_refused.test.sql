begin;
select plan(8);

create temp table who as select tests.create_user('admin') as admin, tests.create_user('manager') as manager;
grant select on who to authenticated, service_role;
select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z');

select tests.authenticate_as((select manager from who));
select throws_ok($$select integrations.erase_person('casey@fabrikam.test')$$, 'MR004', null, 'a manager may not');
select tests.authenticate_as((select admin from who));
select throws_ok(
  $$select integrations.erase_person((select admin || '@example.test' from who))$$, 'MR003', null, 'nobody who signs in'
);
select throws_ok($$select integrations.erase_person('Robin@acme-mail.test')$$, 'MR003', null, 'no inbox of ours');
select throws_ok($$select integrations.erase_person('fabrikam.test')$$, 'MR002', null, 'nothing that is no address');
select throws_ok($$select integrations.erase_person(null)$$, 'MR002', null, 'not nobody');
select is(integrations.erase_person('nobody@fabrikam.test'), '[]', 'somebody unknown is suppressed all the same');
select ok(private.is_suppressed('Nobody@fabrikam.test'), 'in any case');
select tests.as_role('service_role');
select lives_ok($$select integrations.erase_person('casey@fabrikam.test')$$, 'a service may');

select * from finish();
rollback;
