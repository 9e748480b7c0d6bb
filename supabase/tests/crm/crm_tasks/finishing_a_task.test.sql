begin;
select plan(13);

create function pg_temp.done_at(p_text text) returns timestamptz language sql as $$
  select done_at from crm_tasks where text = p_text
$$;
select tests.set_clock('2026-03-01 10:00Z');
insert into crm_contacts (client, email) values ('Acme', 'a@x.example');
insert into crm_deals (client, contact_id, name) select client, id, 'Robots' from crm_contacts;
insert into crm_tasks (client, contact_id, deal_id, text) select client, contact_id, id, 'Call Ada' from crm_deals;
delete from crm_notes;

update crm_tasks set done = true;
select is(pg_temp.done_at('Call Ada'), '2026-03-01 10:00Z', 'finishing sets the time');
select results_eq(
  $$
    select n.type, n.text, n.created_by, d.name
    from crm_notes n
    join crm_deals d on d.id = n.deal_id and d.contact_id = n.contact_id
  $$,
  $$values ('task_completed', 'Task completed: Call Ada', 'system', 'Robots')$$,
  'and writes a note where the task was'
);
select tests.set_clock('2026-03-02 10:00Z');
update crm_tasks set done = true, assigned_to = 'kim';
select is(pg_temp.done_at('Call Ada'), '2026-03-01 10:00Z', 'done is done');
update crm_tasks set done_at = null;
select is(pg_temp.done_at('Call Ada'), '2026-03-01 10:00Z', 'and keeps its time');
select is((select count(*) from crm_notes), 1::bigint, 'and its one note');

update crm_tasks set done = false;
select is(pg_temp.done_at('Call Ada'), null, 'reopening clears it');
update crm_tasks set done_at = now();
select is(pg_temp.done_at('Call Ada'), null, 'an open task has no time');
update crm_tasks set done = true;
select is(pg_temp.done_at('Call Ada'), '2026-03-02 10:00Z', 'finished again, at another time');
select is((select count(*) from crm_notes), 2::bigint, 'with another note');

insert into crm_tasks (client, text, done, done_at)
values ('Acme', 'Past', true, '2026-01-01Z'), ('Acme', 'Just now', true, null), ('Acme', 'Open', null, '2026-01-01Z');
select is(
  array[pg_temp.done_at('Past'), pg_temp.done_at('Just now'), pg_temp.done_at('Open')],
  array['2026-01-01Z', '2026-03-02 10:00Z', null]::timestamptz[], 'a task may be made done'
);
select is((select count(*) from crm_notes where contact_id is null), 2::bigint, 'which is noted');

select throws_ok(
  $$insert into crm_tasks (client, text, type) values ('Acme', 'x', 'chore')$$, '23514', null, 'types are known'
);
select lives_ok(
  $$
    insert into crm_tasks (client, text, type)
    select 'Acme', type, type from unnest('{task,call,email,meeting,follow_up,reminder}'::text[]) as type
  $$,
  'these are they'
);

select * from finish();
rollback;
