-- Rows without an address, which an erasure takes along.
begin;
select plan(5);

select tests.endpoint('bison');
insert into people.master (email, name) values ('kept@fabrikam.test', 'Casey Morgan'), ('casey@fabrikam.test', 'Casey Morgan');
select people.merge_people(k.id, m.id)
from people.master k, people.master m where k.email like 'kept%' and m.email like 'casey%';
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select private.fold_counters();
insert into public.meetings_booked (client, email, created_time) values ('Acme', 'casey@fabrikam.test', '2026-03-06 10:00Z');
select private.feed_marketing();
insert into public.master_contacts_db (email, full_name, company_domain) values ('Casey@fabrikam.test', 'Casey Morgan', 'fabrikam.test');
insert into "Master".campaign_contact_db (client, campaign_id, contact_id, status, reason)
select 'Acme', '402', id, 'excluded', 'customer' from public.master_contacts_db;
insert into "Master".bison_queue (client, campaign_id, contact_id, custom_variables)
select 'Acme', '401', id, '{"Company": "Fabrikam"}' from public.master_contacts_db;

create temp table export as select integrations.export_person('casey@fabrikam.test') -> 'data' as data;
select is((select data #>> '{"\"Master\".bison_queue",0,custom_variables,Company}' from export), 'Fabrikam', 'a place in the queue');
select is((select data #>> '{"\"Master\".campaign_contact_db",0,reason}' from export), 'customer', 'why they were left out');
select is((select data #>> '{public.master_db,0,full_name}' from export), 'Casey Morgan', 'where they work');
select ok(
  (
    select data #>> '{marketing.outreach_history,0,message_type}' = 'initial' and data #>> '{marketing.attribution,0,conversion_type}' = 'meeting'
    from export
  ),
  'what was sent to an address that was merged, and what came of it'
);
select integrations.erase_person('casey@fabrikam.test');
select private.feed_marketing();
select is_empty(
  $$select id from marketing.outreach_history union all select id from marketing.attribution$$, 'and an erasure leaves it to nobody'
);

select * from finish();
rollback;
