begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as
select tests.create_user('manager') as manager, tests.create_user('viewer') as viewer,
  tests.create_user('member', 'Acme') as member;
grant select on who to authenticated, service_role;

select tests.as_role('service_role');
select isnt_empty('select from integrations.audit_log', 'a service reads it');
select throws_ok(
  $$insert into integrations.audit_log (actor, action) values ('user:me', 'insert')$$, '42501', null, 'and writes nothing'
);
select throws_ok('update integrations.audit_log set actor = null', '42501', null, 'changes nothing');
select throws_ok('delete from integrations.audit_log', '42501', null, 'deletes nothing');
select throws_ok('truncate integrations.audit_log', '42501', null, 'and empties nothing');

select tests.authenticate_as((select manager from who));
select isnt_empty('select from integrations.audit_log', 'staff reads it');
select tests.authenticate_as((select viewer from who));
select is_empty('select from integrations.audit_log', 'a viewer does not');
select tests.authenticate_as((select member from who));
select is_empty('select from integrations.audit_log', 'nor does a client''s user');

select tests.clear();
grant update on integrations.audit_log to authenticated;
create policy test_update on integrations.audit_log for update to authenticated using (true) with check (true);
select tests.authenticate_as((select manager from who));
select throws_ok(
  $$update integrations.audit_log set actor = 'user:somebody'$$, 'MR004', null, 'a grant made by mistake changes nothing'
);

select * from finish();
rollback;
