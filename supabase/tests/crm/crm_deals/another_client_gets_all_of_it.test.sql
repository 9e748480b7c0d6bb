begin;
select plan(5);

insert into crm_contacts (client, email) values ('Acme', 'a@x.example'), ('Bolt', 'b@x.example');
create temp table ada as select id from crm_contacts where client = 'Acme';
insert into crm_deals (client, name, contact_id) values ('Acme', 'Alone', null), ('Acme', 'With Ada', (select id from ada));
insert into crm_notes (client, deal_id, contact_id, text) select client, id, contact_id, 'Note on ' || name from crm_deals;
insert into crm_tasks (client, deal_id, text) select client, id, 'Call about ' || name from crm_deals;

update crm_deals set client = 'Bolt' where name = 'Alone';
select is(
  (
    select array_agg(distinct i.client)
    from crm_deals d
    cross join lateral (
      select h.client from crm_deal_stage_history h where h.deal_id = d.id
      union all select n.client from crm_notes n where n.deal_id = d.id
      union all select t.client from crm_tasks t where t.deal_id = d.id
    ) as i
    where d.name = 'Alone'
  ),
  '{Bolt}', 'history, notes and tasks of a deal go with it'
);
select is((select count(*) from crm_notes where client = 'Bolt'), 2::bigint, 'all of them');

update crm_deals set client = 'Bolt', contact_id = (select id from crm_contacts where client = 'Bolt')
where name = 'With Ada';
select is_empty(
  $$
    select n.text
    from (select client, deal_id, text from crm_notes union all select client, deal_id, text from crm_tasks) as n
    join crm_deals d on d.id = n.deal_id
    where d.client <> n.client
  $$,
  'nothing is between two clients'
);
select is(
  (select array_agg(client order by text) from crm_notes where contact_id = (select id from ada)), '{Acme,Acme}',
  'what was written about a contact stays there'
);
select is(
  (select client from crm_tasks where text = 'Call about With Ada'), 'Bolt', 'what is about the deal alone goes'
);

select * from finish();
rollback;
