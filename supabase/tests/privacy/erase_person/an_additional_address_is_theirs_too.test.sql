begin;
select plan(4);

insert into "Clients" ("Business") values ('Acme');
insert into crm_contacts (client, email, first_name)
values ('Acme', 'casey@old.test', 'Casey'), ('Acme', 'jo@x.test', 'Jo');
update crm_contacts set email = 'casey@new.test' where first_name = 'Casey';
insert into crm_notes (client, contact_id, text) select client, id, 'About ' || first_name from crm_contacts;

select is(
  integrations.export_person('Casey@old.test') #>> '{data,public.crm_contacts,0,email}', 'casey@new.test',
  'an export by the old address has the contact'
);
select is(
  integrations.export_person('casey@old.test') #>> '{data,crm_notes,0,text}', 'About Casey', 'and what hangs on it'
);
select is(
  jsonb_path_query_first(
    integrations.erase_person('casey@old.test'),
    '$[*] ? (@.table_name == "public.crm_contacts" && @.action == "delete").rows'
  ),
  '1', 'an erasure takes it'
);
select results_eq('select first_name from crm_contacts', $$values ('Jo')$$, 'and nobody else');

select * from finish();
rollback;
