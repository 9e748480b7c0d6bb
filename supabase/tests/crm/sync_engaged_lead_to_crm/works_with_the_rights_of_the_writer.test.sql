begin;
select plan(8);

insert into "Clients" ("Business") values ('Acme'), ('Bolt');
insert into engaged_leads (client, email, first_name) values ('Bolt', 'b@x.example', 'Bob');

select tests.authenticate_as(tests.create_user('member', 'Acme'));
insert into engaged_leads (client, email, company_domain) values ('Acme', 'a@x.example', 'a.example');
update engaged_leads set qualified = true;
select results_eq(
  'select client, email, status from crm_contacts', $$values ('Acme', 'a@x.example', 'in-contract')$$,
  'a member''s lead is synced, and no other client''s'
);
select is_empty('select 1 from master_companies_db', 'the company is made without being shown');
select throws_ok(
  $$insert into private.engaged_lead_changes (xact, lead_id) values (pg_current_xact_id(), gen_random_uuid())$$,
  '42501', null, 'the notes are not theirs'
);
select throws_ok('select private.sync_leads(null)', '42501', null, 'nor are the steps of the sync');
select throws_ok('select private.build_sync_engaged_lead_to_crm()', '42501', null, 'nor is its making');
select throws_ok(
  $$update engaged_leads set client = 'Bolt'$$, '42501', null, 'a lead cannot be given to a client of others'
);
select tests.clear();

select isnt_empty($$select 1 from master_companies_db where company_domain = 'a.example'$$, 'the company is there');
select results_eq(
  $$select text, created_by ~ '@example.test$|^[0-9a-f-]{36}$' from crm_notes$$,
  $$values ('Status changed from hot to in-contract', true)$$,
  'and the note says who'
);

select * from finish();
rollback;
