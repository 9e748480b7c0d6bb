begin;
select plan(7);

create function pg_temp.remembered() returns text[] language sql as $$
  select coalesce(array_agg(key order by key), '{}') from crm_contacts, jsonb_object_keys(person_set) as key
$$;

select tests.set_clock('2026-03-01 10:00Z');
insert into crm_contacts (client, email, first_name, phone, stage, status, is_hiring, custom_variables_jsonb, tags)
values ('Acme', 'a@x.example', 'Ada', '1', 'new', 'cold', false, '{}', '["x"]');
select is(pg_temp.remembered(), '{first_name}', 'what the sync writes, too, unless it is a default');

select tests.set_clock('2026-03-02 10:00Z');
update crm_contacts set first_name = 'Ada', phone = '2', background = 'b', deleted_at = null;
select is(
  (select person_set ->> 'first_name' from crm_contacts), '2026-03-01T10:00:00+00:00', 'the same again is no change'
);
update crm_contacts set first_name = null, is_hiring = true, tech_stack = '{Go}';
select is(pg_temp.remembered(), '{first_name,is_hiring,tech_stack}', 'clearing is setting');
select is((select person_set ->> 'first_name' from crm_contacts), '2026-03-02T10:00:00+00:00', 'with the last time');

update crm_contacts set person_set = '{}', job_title = 'CTO';
select is(pg_temp.remembered(), '{first_name,is_hiring,job_title,tech_stack}', 'the memory itself is not for writing');

update crm_contacts set synced_revision = synced_revision + 1, job_title = 'VP', last_name = 'Byron';
select is(pg_temp.remembered(), '{first_name,is_hiring,job_title,tech_stack}', 'a write of the sync is nobody''s');

select set_eq(
  $$
    select a.attname::text
    from pg_trigger t
    cross join lateral unnest(t.tgattr) as number
    join pg_attribute a on a.attrelid = t.tgrelid and a.attnum = number
    where t.tgrelid = 'crm_contacts'::regclass and t.tgname = '_100_note_person_on_update'
  $$,
  'select unnest(private.synced_columns())',
  'every synced column is watched'
);

select * from finish();
rollback;
