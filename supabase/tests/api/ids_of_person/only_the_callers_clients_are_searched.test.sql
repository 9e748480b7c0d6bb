begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.all_leads (client, campaign_id, email, lead_id)
values
  ('Acme', '1', 'Casey@Fabrikam.test', 7), ('Acme', '2', 'casey@fabrikam.test', 7),
  ('Birch', '1', 'casey@fabrikam.test', 7);
insert into public.crm_contacts (client, email, deleted_at)
values ('Acme', 'casey@fabrikam.test', null), ('Acme', 'casey@fabrikam.test', now());
insert into public.replies (reply_id, client, from_email, lead_email)
values (1, 'Acme', 'assistant@fabrikam.test', 'Casey@fabrikam.test'), (2, 'Birch', 'casey@fabrikam.test', null);
create temp table person as
select tests.create_user('member', 'Acme') as member, tests.create_user('viewer') as viewer,
  gen_random_uuid() as nobody;
grant select on person to authenticated;

select tests.authenticate_as((select member from person));
select is(
  (select count(*) from private.ids_of_person('all_leads', 'CASEY@fabrikam.test')), 2::bigint,
  'in any case, the own client''s'
);
select is((select count(*) from private.ids_of_lead(7)), 2::bigint, 'by the lead''s id as well');
select is(
  (select count(*) from private.ids_of_person('crm_contacts', 'casey@fabrikam.test')), 1::bigint, 'no deleted contact'
);
select results_eq(
  $$select reply_id from private.replies_of_person('casey@fabrikam.test')$$, 'values (1::bigint)', 'replies of a lead'
);
select is_empty($$select private.ids_of_person('all_leads', '%')$$, 'no pattern');
select throws_ok($$select private.ids_of_person('auth.users', 'x')$$, '20000', null, 'no other table');
select tests.authenticate_as((select viewer from person));
select is(
  (select count(*) from private.ids_of_person('all_leads', 'casey@fabrikam.test')), 3::bigint, 'the agency searches all'
);
select tests.authenticate_as((select nobody from person));
select is_empty($$select private.ids_of_person('all_leads', 'casey@fabrikam.test')$$, 'a user of no client finds none');

select * from finish();
rollback;
