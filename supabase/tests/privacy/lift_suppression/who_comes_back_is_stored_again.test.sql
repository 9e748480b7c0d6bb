begin;
select plan(7);

create temp table who as select tests.create_user('manager') as manager, tests.create_user('admin') as admin;
grant select on who to authenticated;
select integrations.erase_person('casey@fabrikam.test');
select is(tests.bison('LEAD_INTERESTED', '2026-03-02 10:00Z'), 'ignored', 'an erased person is not stored');

select tests.authenticate_as((select manager from who));
select throws_ok($$select integrations.lift_suppression('casey@fabrikam.test')$$, 'MR004', null, 'staff cannot change it');
select tests.authenticate_as((select admin from who));
select is(integrations.lift_suppression('Casey@fabrikam.test'), true, 'an admin lifts it');
select is(integrations.lift_suppression('casey@fabrikam.test'), false, 'once');
select tests.clear();
select is(tests.bison('LEAD_INTERESTED', '2026-03-02 11:00Z'), 'processed', 'then they are stored');
select is((select count(*) from public.crm_contacts), 1::bigint, 'as anybody');
select is((select count(*) from integrations.audit_log where action = 'lift_suppression'), 1::bigint, 'it is audited');

select * from finish();
rollback;
