begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
insert into public.crm_contacts (client, email)
select 'Acme', 'person' || i || '@fabrikam.test' from generate_series(1, 700) as i;
update public.crm_contacts set status = 'warm', job_title = email;
select is((select count(*) from shared.outbox_events), 0::bigint, 'nothing is written for each');
select is(
  (select array_agg(b.event_type || ' ' || cardinality(b.ids) order by b.position) from private.event_batches b),
  array[
    'contact.created 500', 'contact.created 200', 'contact.updated 500', 'contact.updated 200',
    'contact.status_changed 500', 'contact.status_changed 200'
  ],
  'but batches'
);
select is(private.relay_outbox_tick(), 2100, 'the relay tells them');
select is(
  (
    select count(*)
    from shared.domain_event_logs l
    join public.crm_contacts c on c.id = l.aggregate_id
    where l.event_type = 'contact.updated'
      and l.payload -> 'changed' = '["job_title", "status"]'
      and l.payload ->> 'email' = c.email
  ),
  700::bigint, 'each with its own changes'
);
select is(
  (
    select array_agg(s.types)
    from (
      select distinct array_agg(l.event_type order by l.sequence) as types
      from shared.domain_event_logs l
      group by l.aggregate_id
    ) as s
  ),
  array[array['contact.created', 'contact.updated', 'contact.status_changed']], 'in order'
);

select * from finish();
rollback;
