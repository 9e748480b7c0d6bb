begin;
select plan(10);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.all_leads (client, campaign_id, email, lead_id)
values
  ('Acme', '1', 'Casey@Fabrikam.test', 7), ('Acme', '2', 'casey@fabrikam.test', 7),
  ('Birch', '1', 'casey@fabrikam.test', 7);
insert into public.crm_contacts (client, email, deleted_at)
values ('Acme', 'casey@fabrikam.test', null), ('Acme', 'casey@fabrikam.test', now());
insert into public.crm_contacts (client, email, additional_emails)
values ('Acme', 'casey@new.test', '{casey@old.test}'), ('Birch', 'casey@other.test', '{casey@old.test}');
insert into public.replies (reply_id, client, from_email, lead_email)
values (1, 'Acme', 'assistant@fabrikam.test', 'Casey@fabrikam.test'), (2, 'Birch', 'casey@fabrikam.test', null);
create temp table person as
select tests.create_user('member', 'Acme') as member, tests.create_user('viewer') as viewer,
  gen_random_uuid() as nobody;
grant select on person to authenticated;

select tests.authenticate_as((select member from person));
select is(
  cardinality(private.ids_of_person('all_leads', 'CASEY@fabrikam.test')), 2,
  'in any case, the own client''s'
);
select is(cardinality(private.ids_of_lead(7)), 2, 'by the lead''s id as well');
select is(
  cardinality(private.ids_of_person('crm_contacts', 'casey@fabrikam.test')), 1, 'no deleted contact'
);
select is(
  cardinality(private.ids_of_person('crm_contacts', 'Casey@old.test')), 1, 'a contact by an address that it had'
);
select results_eq(
  $$select reply_id from public.replies where ctid = any((select private.replies_of_person('casey@fabrikam.test'))::tid[])$$,
  'values (1::bigint)', 'replies of a lead'
);
select is(cardinality(private.replies_of_person('casey@fabrikam.test')), 1, 'and no other is even found');
select is(private.ids_of_person('all_leads', '%'), '{}'::uuid[], 'no pattern');
select throws_ok($$select private.ids_of_person('auth.users', 'x')$$, '20000', null, 'no other table');
select tests.authenticate_as((select viewer from person));
select is(
  cardinality(private.ids_of_person('all_leads', 'casey@fabrikam.test')), 3, 'the agency searches all'
);
select tests.authenticate_as((select nobody from person));
select is(private.ids_of_person('all_leads', 'casey@fabrikam.test'), '{}'::uuid[], 'a user of no client finds none');

select * from finish();
rollback;
