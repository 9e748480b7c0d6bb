begin;
select plan(11);

insert into engaged_leads (client, email, first_name)
values ('Acme', 'a@x.example', 'Ada'), ('Acme', 'b@x.example', 'Bob'), ('Bolt', 'b@x.example', 'Bob of Bolt');
create temp table was as select id, client, email from crm_contacts;
insert into crm_deals (client, contact_id, name)
select client, id, 'Deal of ' || email from crm_contacts where client = 'Acme';
insert into crm_notes (client, contact_id, deal_id, text)
select 'Acme', c.id, d.id, 'Note of ' || c.email || ' on ' || d.name
from crm_contacts c
cross join crm_deals d
where c.client = 'Acme';
insert into crm_tasks (client, contact_id, deal_id, text) select client, null, id, 'Call about ' || name from crm_deals;

update engaged_leads set client = 'Bolt' where first_name in ('Ada', 'Bob');

select results_eq(
  $$select c.client, c.first_name from crm_contacts c join was w using (id) where w.email = 'a@x.example'$$,
  $$values ('Bolt', 'Ada')$$,
  'the contact goes to the other client'
);
select results_eq(
  $$select c.client from crm_contacts c join was w using (id) where w.email = 'b@x.example' order by w.client$$,
  $$values ('Acme'), ('Bolt')$$,
  'unless that one has a contact of this address'
);
select is((select count(*) from crm_contacts), 3::bigint, 'no contact is lost or doubled');

select is((select client from crm_deals where name = 'Deal of a@x.example'), 'Bolt', 'his deal follows');
select is((select client from crm_deals where name = 'Deal of b@x.example'), 'Acme', 'another one does not');
select is_empty(
  'select * from crm_deal_stage_history h join crm_deals d on d.id = h.deal_id where h.client <> d.client',
  'a deal''s history follows it'
);
select is_empty(
  $$
    select n.text
    from crm_notes n
    left join crm_contacts c on c.id = n.contact_id
    left join crm_deals d on d.id = n.deal_id
    where c.client <> n.client or d.client <> n.client
  $$,
  'no note is between two clients'
);
select is(
  (select count(*) from crm_notes where text like 'Note of a@%' and client = 'Bolt'), 2::bigint, 'his notes follow'
);
select is(
  (select count(*) from crm_notes where text like 'Note of b@%' and client = 'Acme'), 2::bigint, 'others stay'
);
select is(
  (select client from crm_tasks where text = 'Call about Deal of a@x.example'), 'Bolt', 'a task of his deal follows'
);

update crm_contacts set client = 'Cobo' where first_name = 'Ada';
select is(
  (select array_agg(distinct client) from crm_notes where text like 'Note of a@%'), '{Cobo}',
  'as they follow when a person moves the contact'
);

select * from finish();
rollback;
