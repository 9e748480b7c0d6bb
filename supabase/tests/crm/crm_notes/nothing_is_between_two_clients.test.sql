begin;
select plan(16);

insert into "Clients" ("Business") values ('Acme'), ('Bolt');
insert into crm_contacts (client, email) values ('Acme', 'a@x.example'), ('Bolt', 'b@x.example');
insert into crm_deals (client, name) values ('Acme', 'Deal A'), ('Bolt', 'Deal B');
create function pg_temp.contact(p_client text) returns uuid language sql security definer as $$
  select id from public.crm_contacts where client = p_client
$$;
create function pg_temp.deal(p_client text) returns uuid language sql security definer as $$
  select id from public.crm_deals where client = p_client limit 1
$$;

grant execute on function pg_temp.contact(text), pg_temp.deal(text) to authenticated;

create temp table attempt (statement text, what text);
insert into attempt
values
  ($$insert into crm_deals (client, name, contact_id) values ('Acme', 'x', pg_temp.contact('Bolt'))$$, 'a deal'),
  ($$insert into crm_notes (client, text, contact_id) values ('Acme', 'x', pg_temp.contact('Bolt'))$$, 'a note'),
  ($$insert into crm_notes (client, text, deal_id) values ('Acme', 'x', pg_temp.deal('Bolt'))$$, 'a note on a deal'),
  ($$insert into crm_tasks (client, text, contact_id) values ('Acme', 'x', pg_temp.contact('Bolt'))$$, 'a task'),
  ($$insert into crm_tasks (client, text, deal_id) values ('Acme', 'x', pg_temp.deal('Bolt'))$$, 'a task on a deal'),
  ($$update crm_deals set contact_id = pg_temp.contact('Bolt') where client = 'Acme'$$, 'a change of a deal'),
  ($$insert into crm_notes (client, text, contact_id) values ('Acme', 'x', gen_random_uuid())$$, 'no contact');
select throws_ok(statement, 'MR002', null, what) from attempt;

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok(
  $$insert into crm_notes (client, text, contact_id) values ('Acme', 'x', pg_temp.contact('Bolt'))$$, 'MR002',
  'The client has no such contact.', 'a member learns nothing of another client''s contact'
);
select throws_ok(
  $$insert into crm_notes (client, text, contact_id) values ('Acme', 'x', gen_random_uuid())$$, 'MR002',
  'The client has no such contact.', 'as it answers for one that does not exist'
);
select lives_ok(
  $$
    insert into crm_notes (client, text, contact_id, deal_id)
    values ('Acme', 'mine', pg_temp.contact('Acme'), pg_temp.deal('Acme'))
  $$,
  'one''s own is fine'
);
select lives_ok(
  $$insert into crm_deals (client, name, contact_id) values ('Acme', 'mine', pg_temp.contact('Acme'))$$, 'for deals'
);
select lives_ok(
  $$
    insert into crm_tasks (client, text, contact_id, deal_id)
    values ('Acme', 'mine', pg_temp.contact('Acme'), pg_temp.deal('Acme'))
  $$,
  'and tasks'
);
select tests.clear();

select throws_ok(
  $$update crm_notes set client = 'Bolt' where text = 'mine'$$, 'MR002', null, 'a note cannot go without its contact'
);
select throws_ok($$update crm_deals set client = 'Bolt' where name = 'mine'$$, 'MR002', null, 'nor a deal');

-- A rename goes through all tables, whose rows are of two names meanwhile.
update "Clients" set "Business" = 'Acme Inc' where "Business" = 'Acme';
select is(
  (
    select array_agg(distinct client)
    from (
      select client from crm_contacts union all select client from crm_deals union all select client from crm_notes
      union all select client from crm_tasks union all select client from crm_deal_stage_history
    ) as everything
  ),
  '{Acme Inc,Bolt}', 'a client that is renamed takes everything along'
);
insert into engaged_leads (client, email, first_name) values ('Acme Inc', 'a@x.example', 'Ada');
select is(
  (select first_name from crm_contacts where client = 'Acme Inc'), 'Ada', 'and its leads find their contacts'
);

select * from finish();
rollback;
