begin;
select plan(21);

create function pg_temp.title(p_email text) returns text language sql as $$
  select job_title from crm_contacts where email = p_email
$$;
create function pg_temp.revision(p_email text) returns bigint language sql as $$
  select synced_revision from crm_contacts where email = p_email
$$;
alter table engaged_leads add constraint one_id unique (bison_lead_id);

-- insert ... on conflict do update
insert into engaged_leads (client, email, job_title, bison_lead_id) values ('Acme', 'a@x.example', 'one', 1);
insert into engaged_leads (client, email, job_title, bison_lead_id)
values ('Acme', 'ignored@x.example', 'two', 1), ('Acme', 'b@x.example', 'two', 2)
on conflict (bison_lead_id) do update set job_title = excluded.job_title;
select is(pg_temp.title('a@x.example'), 'two', 'the row that was there is updated');
select is(pg_temp.title('b@x.example'), 'two', 'the new one is inserted');
select is((select count(*) from crm_contacts), 2::bigint, 'and that is all');
insert into engaged_leads (client, email, bison_lead_id) values ('Acme', 'ignored@x.example', 1) on conflict do nothing;
select is((select count(*) from crm_contacts), 2::bigint, 'what is not inserted is not synced');

-- merge
merge into engaged_leads e
using (values (1, 'a@x.example'), (3, 'c@x.example')) as s (id, email) on s.id = e.bison_lead_id
when matched then update set job_title = 'three'
when not matched then insert (client, email, job_title, bison_lead_id) values ('Acme', s.email, 'three', s.id);
select is(pg_temp.title('a@x.example') || pg_temp.title('c@x.example'), 'threethree', 'merge does both');

-- Data-modifying CTEs, two of them on the same table.
with
  changed as (update engaged_leads set job_title = 'four' where bison_lead_id = 1 returning client),
  also as (update engaged_leads set job_title = 'vier' where bison_lead_id = 2),
  added as (
    insert into engaged_leads (client, email, job_title, bison_lead_id) values ('Acme', 'd@x.example', 'four', 4)
  )
update engaged_leads set job_title = 'quatre' from changed where bison_lead_id = 3;
select is(pg_temp.title('a@x.example'), 'four', 'an update in a CTE');
select is(pg_temp.title('b@x.example'), 'vier', 'another one');
select is(pg_temp.title('c@x.example'), 'quatre', 'the main statement');
select is(pg_temp.title('d@x.example'), 'four', 'and an insert in a CTE');
select is(pg_temp.revision('a@x.example'), 4::bigint, 'each once');

-- A statement within a statement: the trigger of one lead changes another, and itself.
create function pg_temp.follow() returns trigger language plpgsql as $$
begin
  update engaged_leads set job_title = 'nested', context = 'seen'
  where bison_lead_id in (2, new.bison_lead_id) and context is null;
  return null;
end;
$$;
create trigger follow after update of job_title on engaged_leads
for each row when (new.bison_lead_id = 1) execute function pg_temp.follow();
update engaged_leads set job_title = 'five', assignee = 'kim' where bison_lead_id in (1, 3);
drop trigger follow on engaged_leads;
select results_eq(
  $$select email, job_title, context, assignee from crm_contacts where email ~ '^[abc]@' order by 1$$,
  $$
    values
      ('a@x.example', 'nested', 'seen', 'kim'), ('b@x.example', 'nested', 'seen', null),
      ('c@x.example', 'five', null, 'kim')
  $$,
  'nested statements end as the leads do'
);

-- Savepoints.
savepoint s;
update engaged_leads set job_title = 'rolled back', email = 'z@x.example' where bison_lead_id = 1;
select is(pg_temp.title('z@x.example'), 'rolled back', 'synced before the rollback');
rollback to savepoint s;
select is(pg_temp.title('a@x.example'), 'nested', 'and not after it');
savepoint s;
insert into engaged_leads (client, email) values ('Acme', 'y@x.example');
rollback to savepoint s;
update engaged_leads set job_title = 'six' where bison_lead_id = 1;
select is(pg_temp.title('a@x.example'), 'six', 'the next statement is synced as usual');
select is(pg_temp.title('y@x.example'), null, 'what was rolled back does not come back');

do $$
begin
  update engaged_leads set job_title = 'seven' where bison_lead_id = 1;
  begin
    update engaged_leads set job_title = 'eight' where bison_lead_id = 1;
    raise exception 'undo';
  exception when raise_exception then
    null;
  end;
  update engaged_leads set context = 'after' where bison_lead_id = 1;
end;
$$;
select is(pg_temp.title('a@x.example'), 'seven', 'an exception block takes its part back');
select is((select context from crm_contacts where email = 'a@x.example'), 'after', 'and only that');

-- Nothing to do.
create temp table revisions as select email, synced_revision from crm_contacts;
update engaged_leads set job_title = 'never' where false;
update engaged_leads set job_title = job_title, email = email, client = client;
delete from engaged_leads where bison_lead_id = 4;
insert into engaged_leads (client, email) select 'Acme', 'x@x.example' where false;
select results_eq(
  'select email, synced_revision from crm_contacts order by 1', 'select * from revisions order by 1',
  'statements that change nothing write nothing, and a lead that is removed leaves its contact'
);

-- A lead that comes back under its own id.
insert into engaged_leads (id, client, email, job_title)
values ('00000000-0000-4000-8000-000000000001', 'Acme', 'r@x.example', 'first');
update crm_contacts set email = 'elsewhere@x.example' where email = 'r@x.example';
update crm_contacts set additional_emails = null where email = 'elsewhere@x.example';
delete from engaged_leads where id = '00000000-0000-4000-8000-000000000001';
insert into engaged_leads (id, client, email, job_title)
values ('00000000-0000-4000-8000-000000000001', 'Acme', 'r@x.example', 'second');
select is(pg_temp.title('r@x.example'), 'second', 'finds its place taken and gets another contact');
select is(pg_temp.title('elsewhere@x.example'), 'first', 'without touching who has it now');

select is((select count(*) from private.engaged_lead_changes), 0::bigint, 'no note of a change is left behind');

select * from finish();
rollback;
