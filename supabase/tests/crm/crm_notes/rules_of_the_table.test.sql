begin;
select plan(5);

select lives_ok(
  $$
    insert into crm_notes (client, text, type)
    select 'Acme', type, type
    from unnest(
      '{note,email,call,meeting,status_change,deal_created,deal_won,deal_lost,task_completed}'::text[]
    ) as type
  $$,
  'the documented types'
);
select throws_ok(
  $$insert into crm_notes (client, text, type) values ('Acme', 'x', 'memo')$$, '23514', null, 'no other'
);
select throws_ok(
  $$insert into crm_notes (client, text, attachments) values ('Acme', 'x', '{}')$$, '23514', null,
  'attachments are a list'
);

insert into crm_contacts (client, email) values ('Acme', 'a@x.example');
insert into crm_deals (client, contact_id, name) select client, id, 'Robots' from crm_contacts;
insert into crm_notes (client, contact_id, text) select client, id, 'about Ada' from crm_contacts;
insert into crm_tasks (client, contact_id, text) select client, id, 'call Ada' from crm_contacts;
delete from crm_contacts;
select is_empty(
  $$select text from crm_notes where text like '%Ada' union all select text from crm_tasks$$,
  'a contact removed for good takes notes and tasks along'
);
select is((select contact_id from crm_deals), null, 'and lets go of deals');

select * from finish();
rollback;
