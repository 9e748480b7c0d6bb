begin;
select plan(8);

insert into public."Clients" ("Business", "Website")
values ('Northwind Robotics', 'northwind.example'), ('Bluebird Logistics', 'bluebird.example');
insert into public.crm_contacts (client, email) values ('Northwind Robotics', 'ada@northwind.example');
select private.store_call(
  '{"recording_id": 7, "title": "Weekly", "action_items": [{"description": "Do it", "recording_timestamp": "00:01:00"}],
    "calendar_invitees": [{"email": "ada@northwind.example", "email_domain": "northwind.example", "is_external": true}]}',
  now(), null
);
create function pg_temp.call() returns uuid language sql as
$$ select c.id from public.client_fathom_calls c $$;

select is(integrations.assign_call(pg_temp.call(), 'Northwind Robotics'), 'kept', 'it is theirs already');
select is(integrations.assign_call(pg_temp.call(), 'Bluebird Logistics'), 'assigned', 'another client');
select results_eq(
  'select client, auto_matched, match_confidence from public.client_fathom_calls',
  $$values ('Bluebird Logistics', false, 1::float8)$$, 'by a person'
);
select results_eq(
  'select client, contact_id from public.crm_tasks', $$values ('Bluebird Logistics', null::uuid)$$,
  'tasks go along, without the other client''s contact'
);
select throws_ok(
  format('select integrations.assign_call(%L, %L)', pg_temp.call(), 'Nobody'), 'MR002', null, 'an unknown client'
);
select tests.authenticate_as(tests.create_user('member', 'Bluebird Logistics'));
select is((select count(*) from public.client_fathom_calls), 1::bigint, 'a client''s user sees their calls');
select throws_ok(
  $$select integrations.assign_call(c.id, 'Northwind Robotics') from public.client_fathom_calls c$$, 'MR001', null,
  'and gives none away'
);
select throws_ok($$update public.client_fathom_calls set client = 'Northwind Robotics'$$, '42501', null, 'in no way');

select * from finish();
rollback;
