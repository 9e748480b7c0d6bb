begin;
select plan(9);

insert into public."Clients" ("Business", "Website") values ('Northwind Robotics', 'northwind.example');
insert into public.crm_contacts (client, email, first_name) values ('Northwind Robotics', 'ada@northwind.example', 'Ada');
create function pg_temp.store(p_items jsonb)
returns text
language sql
as $$
  select private.store_call(
    '{"recording_id": 7, "title": "Weekly", "recording_start_time": "2026-03-03T10:00:00Z", "calendar_invitees": [
      {"name": "Ada", "email": "Ada@northwind.example", "email_domain": "northwind.example", "is_external": true}
    ]}'::jsonb || jsonb_build_object('action_items', p_items),
    now(), null
  )
$$;
create function pg_temp.item(p_text text, p_at text, p_done boolean default false)
returns jsonb
language sql
as $$
  select jsonb_build_object('description', p_text, 'recording_timestamp', p_at, 'completed', p_done,
    'assignee', '{"name": "Robin Vale", "email": "robin@agency.example"}'::jsonb)
$$;

select pg_temp.store(jsonb_build_array(
  pg_temp.item('Send the map', '00:10:00'), pg_temp.item('Call the plant', '00:10:00'),
  pg_temp.item('Done already', '00:11:00', true), pg_temp.item(' ', '00:12:00'), pg_temp.item('No moment', null)
));
select results_eq(
  $$select t.text, t.type, t.assigned_to, t.due_date, t.created_by, c.first_name
    from public.crm_tasks t left join public.crm_contacts c on c.id = t.contact_id order by t.text$$,
  $$values ('Call the plant', 'follow_up', 'Robin Vale', '2026-03-06 10:00Z'::timestamptz, 'fathom', 'Ada'),
    ('No moment', 'follow_up', 'Robin Vale', '2026-03-06 10:00Z'::timestamptz, 'fathom', 'Ada'),
    ('Send the map', 'follow_up', 'Robin Vale', '2026-03-06 10:00Z'::timestamptz, 'fathom', 'Ada')$$,
  'what is open becomes a task about the guest, due after three days'
);
select pg_temp.store(jsonb_build_array(
  pg_temp.item('Send the market map', '00:10:00'), pg_temp.item('Call the plant', '00:10:00'),
  pg_temp.item('No moment', null)
));
select is((select count(*) from public.crm_tasks), 3::bigint, 'told again, in other words too, it is the same');

delete from public.crm_tasks where text = 'Call the plant';
update public.crm_tasks set text = 'Send it to Bo' where text = 'Send the map';
select pg_temp.store(jsonb_build_array(pg_temp.item('Send the map', '00:10:00'), pg_temp.item('Call the plant', '00:10:00')));
select set_eq(
  'select text from public.crm_tasks', array['Send it to Bo', 'No moment'], 'what people did with a task stays'
);
select pg_temp.store(jsonb_build_array(pg_temp.item('Send the map', '00:10:00', true)));
select results_eq(
  $$select done, done_at is not null from public.crm_tasks where text = 'Send it to Bo'$$, $$values (true, true)$$,
  'one that is done in Fathom is done here'
);
select pg_temp.store(jsonb_build_array(pg_temp.item('New', '00:20:00')));
select is((select count(*) from public.crm_tasks), 3::bigint, 'a new item is a new task');

select is(
  integrations.archive_call((select id from public.client_fathom_calls)), 'archived', 'an archived call'
);
select pg_temp.store(jsonb_build_array(pg_temp.item('Newer', '00:30:00')));
select is((select count(*) from public.crm_tasks), 3::bigint, 'makes no tasks');
select is((select status from public.client_fathom_calls), 'archived', 'and stays archived');
select is(
  (select count(*) from integrations.call_tasks where task_id is null), 1::bigint, 'a deleted task is remembered'
);

select * from finish();
rollback;
