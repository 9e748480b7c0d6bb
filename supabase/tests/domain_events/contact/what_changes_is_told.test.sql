begin;
select plan(12);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.told(out types text[], out last jsonb) language sql as $$
  select array_agg(e.event_type::text order by e.position), (array_agg(e.event_data order by e.position desc))[1]
  from shared.outbox_events e
$$;
grant execute on function pg_temp.told() to authenticated;
create temp table person as select tests.create_user('member', 'Acme') as id;
select tests.authenticate_as((select id from person));
insert into public.crm_contacts (client, email, first_name) values ('Acme', 'casey@fabrikam.test', 'Casey');
select tests.clear();
select is((select types from pg_temp.told()), array['contact.created'], 'a person''s new contact is told');
select is(
  (select e.metadata from shared.outbox_events e), (select jsonb_build_object('actor', 'user:' || p.id) from person p),
  'with the person'
);
delete from shared.outbox_events;

update public.crm_contacts set first_name = 'Cassandra', job_title = 'CTO';
select is((select types from pg_temp.told()), array['contact.updated'], 'a change is told');
select is((select last -> 'changed' from pg_temp.told()), '["first_name", "job_title"]', 'with the columns');
select is((select last ->> 'first_name' from pg_temp.told()), 'Cassandra', 'and the contact as it is now');
delete from shared.outbox_events;

update public.crm_contacts set first_name = first_name, last_event_at = now(), synced_revision = synced_revision + 1;
select is((select types from pg_temp.told()), null, 'bookkeeping is not');
update public.crm_contacts set status = 'hot';
select is(
  (select types from pg_temp.told()), array['contact.updated', 'contact.status_changed'], 'a status is told twice over'
);
select is(
  (select array[last ->> 'from', last ->> 'to'] from pg_temp.told()), array['cold', 'hot'], 'from and to'
);
delete from shared.outbox_events;
update public.crm_contacts set deleted_at = now();
select is((select types from pg_temp.told()), array['contact.deleted'], 'a deletion is told');
delete from shared.outbox_events;
update public.crm_contacts set first_name = 'Nobody';
select is((select types from pg_temp.told()), null, 'what happens to a deleted contact is not');

update public.crm_contacts set deleted_at = null;
select is((select types from pg_temp.told()), array['contact.updated'], 'until it is restored');
select is((select last -> 'changed' from pg_temp.told()), '["deleted_at"]', 'which is told');

select * from finish();
rollback;
