begin;
select plan(4);

insert into public."Clients" ("Business", "Website")
values ('Northwind Robotics', 'northwind.example'), ('Bluebird Logistics', 'bluebird.example');
insert into public.crm_contacts (client, email) values ('Bluebird Logistics', 'a@northwind.example');
create function pg_temp.store(p_id integer)
returns text
language sql
as $$
  select private.store_call(
    jsonb_build_object('recording_id', p_id, 'title', 'Intro', 'calendar_invitees', '[{
      "email": "a@northwind.example", "email_domain": "northwind.example", "is_external": true
    }]'::jsonb),
    now(), null
  )
$$;

update integrations.settings set value = 91 where name = 'calls.match_threshold';
select is(pg_temp.store(1), 'held', '90 percent are below 91');
update integrations.settings set value = 90 where name = 'calls.match_threshold';
select is(pg_temp.store(2), 'matched', 'and reach 90');
update integrations.settings set value = 31 where name = 'calls.match_margin';
select is(pg_temp.store(3), 'held', '30 percent ahead are less than 31');
update integrations.settings set value = 30 where name = 'calls.match_margin';
select is(pg_temp.store(4), 'matched', 'and are 30');

select * from finish();
rollback;
