begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
select tests.set_clock('2026-03-02T12:00:00Z');
update integrations.event_catalogue set facts = 'private.no_such_function' where type = 'contact.deleted';
insert into private.event_batches (event_type, ids, metadata) values ('contact.deleted', array[gen_random_uuid()], '{}');
insert into public.crm_contacts (client, email)
select 'Acme', 'person' || i || '@fabrikam.test' from generate_series(1, 100) as i;

select is(private.relay_outbox_tick(), 100, 'the others are told');
select matches(
  (select b.last_error from private.event_batches b), 'no_such_function', 'the reason is kept'
);
select tests.set_clock('2026-03-02T12:02:00Z');
select private.relay_outbox_tick();
select is((select b.retry_count from private.event_batches b), 2, 'it is tried again after a minute');
update integrations.event_catalogue set facts = 'private.contact_facts' where type = 'contact.deleted';
update private.event_batches set ids = array(select c.id from public.crm_contacts c limit 1);
select tests.set_clock('2026-03-02T12:04:00Z');
select is(private.relay_outbox_tick(), 1, 'and told once it can be');
select is((select count(*) from private.event_batches), 0::bigint, 'nothing is left');

select * from finish();
rollback;
