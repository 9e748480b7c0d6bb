begin;
select plan(7);

insert into crm_contacts (client, email, status)
values ('Acme', 'a@x.example', 'cold'), ('Acme', 'b@x.example', 'warm'), ('Bolt', 'a@x.example', null);
select is_empty('select * from crm_notes', 'a contact that is new writes none');

update crm_contacts set status = 'hot';
select results_eq(
  $$
    select n.client, c.email, n.text, n.created_by, n.deal_id
    from crm_notes n
    join crm_contacts c on c.id = n.contact_id
    where n.type = 'status_change'
    order by 1, 2
  $$,
  $$
    values
      ('Acme', 'a@x.example', 'Status changed from cold to hot', 'system', null::uuid),
      ('Acme', 'b@x.example', 'Status changed from warm to hot', 'system', null),
      ('Bolt', 'a@x.example', 'Status changed from none to hot', 'system', null)
  $$,
  'one for each contact'
);
update crm_contacts set status = 'hot', phone = '1';
select is((select count(*) from crm_notes), 3::bigint, 'the same status writes none');

insert into crm_contacts (id, client, email, status)
select id, client, email, 'warm' from crm_contacts where client = 'Bolt'
on conflict (id) do update set status = excluded.status;
select is((select count(*) from crm_notes), 4::bigint, 'an upsert writes one');

select set_config(
  'request.jwt.claims', '{"sub": "00000000-0000-4000-8000-00000000000a", "email": "kim@acme.example"}', true
);
update crm_contacts set status = 'customer' where client = 'Bolt';
select is(
  (select created_by from crm_notes where text = 'Status changed from warm to customer'), 'kim@acme.example',
  'with the address of who did it'
);
select set_config('request.jwt.claims', '{"sub": "00000000-0000-4000-8000-00000000000a"}', true);
update crm_contacts set status = null where client = 'Bolt';
select is(
  (select created_by from crm_notes where text = 'Status changed from customer to none'),
  '00000000-0000-4000-8000-00000000000a', 'or the id'
);
select set_config('request.jwt.claims', '', true);

insert into engaged_leads (client, email, replied, engaged) values ('Acme', 'c@x.example', true, false);
update engaged_leads set engaged = true;
select is(
  (select text from crm_notes where contact_id = (select id from crm_contacts where email = 'c@x.example')),
  'Status changed from warm to hot', 'the lead sync writes it, too'
);

select * from finish();
rollback;
