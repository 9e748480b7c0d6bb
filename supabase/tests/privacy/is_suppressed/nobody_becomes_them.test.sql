begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme');
insert into public.engaged_leads (client, email) values ('Acme', 'jo@fabrikam.test');
insert into public.crm_contacts (client, email) values ('Acme', 'jo@x.test');
insert into public.master_contacts_db (email) values ('jo@fabrikam.test');
create temp table who as select tests.create_user('manager') as manager;
grant select on who to authenticated;
select integrations.erase_person('casey@fabrikam.test');

select tests.authenticate_as((select manager from who));
select throws_ok(
  $$update public.engaged_leads set email = 'Casey@fabrikam.test'$$, 'MR003', null, 'no lead is renamed to an erased person'
);
select throws_ok($$update public.crm_contacts set email = 'casey@fabrikam.test'$$, 'MR003', null, 'no contact');
select throws_ok(
  $$update public.crm_contacts set additional_emails = '{casey@fabrikam.test}'$$, 'MR003', null, 'nor gets one their address beside its own'
);
select throws_ok(
  $$insert into public.crm_contacts (client, email, additional_emails) values ('Acme', 'a@x.test', '{Casey@fabrikam.test}')$$,
  'MR003', null, 'also not a new one'
);
select throws_ok($$update public.master_contacts_db set email = 'casey@fabrikam.test'$$, 'MR003', null, 'nor is one of the list');
select lives_ok($$update public.crm_contacts set email = 'jo@y.test' where email = 'jo@x.test'$$, 'others may be corrected');
select tests.clear();
select is_empty($$select * from tests.places_of('casey@fabrikam.test') p where p <> 'integrations.event_catalogue'$$, 'so it is nowhere');

select * from finish();
rollback;
