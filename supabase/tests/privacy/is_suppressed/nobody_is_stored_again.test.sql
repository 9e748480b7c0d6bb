begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as select tests.create_user('manager') as manager, tests.create_user('admin') as admin;
grant select on who to authenticated;
select is(private.is_suppressed('casey@fabrikam.test'), false, 'nobody is, at first');
select integrations.erase_person('casey@fabrikam.test');
select is(private.is_suppressed('Casey@fabrikam.test '), true, 'who was erased is, however it is written');
select is(private.is_suppressed('jo.casey@fabrikam.test'), false, 'nobody else');
select is_empty(
  $$select from private.suppressed_people where address_hash = sha256('casey@fabrikam.test')$$,
  'the list cannot be looked up without the salt'
);

select tests.authenticate_as((select manager from who));
select throws_ok(
  $$insert into public.engaged_leads (client, email) values ('Acme', 'Casey@fabrikam.test')$$, 'MR003', null,
  'staff cannot add them as a lead'
);
select throws_ok(
  $$insert into public.crm_contacts (client, email) values ('Acme', 'casey@fabrikam.test')$$, 'MR003', null,
  'nor as a contact'
);
select throws_ok(
  $$insert into public.master_contacts_db (email) values ('casey@fabrikam.test')$$, 'MR003', null, 'nor to the list'
);
select lives_ok(
  $$insert into public.engaged_leads (client, email) values ('Acme', 'jo.casey@fabrikam.test')$$, 'others they can'
);
select is(private.is_suppressed(null), false, 'without an address nobody is suppressed');

select * from finish();
rollback;
