begin;
select plan(2);

select tests.endpoint('bison');
insert into public."Clients" ("Business") values ('Birch');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring'), ('Birch', '401', 'Spring');
select tests.calendly('invitee.created', '2026-03-03 09:00Z');
insert into public.crm_contacts (client, email, status, deleted_at)
values
  ('Acme', 'Customer@x.test', 'customer', null), ('Acme', 'hot@x.test', 'hot', null), ('Acme', 'cold@x.test', 'cold', null),
  ('Acme', 'former@x.test', 'customer', '2026-01-01');
insert into public.master_contacts_db (email)
values ('casey@fabrikam.test'), ('customer@x.test'), ('hot@x.test'), ('cold@x.test'), ('former@x.test');
select public.build_contact_list('Acme', '401', 'L'), public.build_contact_list('Birch', '401', 'L');
select results_eq(
  $$
    select m.email collate "C", k.reason
    from "Master".campaign_contact_db k join public.master_contacts_db m on m.id = k.contact_id where k.client = 'Acme' order by 1
  $$,
  $$values
    ('casey@fabrikam.test' collate "C", 'already_contacted'), ('cold@x.test', null), ('customer@x.test', 'customer'), ('former@x.test', null),
    ('hot@x.test', 'already_contacted')$$,
  'who booked by themselves, a customer and whom the client talks to are left out'
);
select is((select chosen from "Master".contact_lists where client = 'Birch'), 5, 'another client knows none of them');

select * from finish();
rollback;
