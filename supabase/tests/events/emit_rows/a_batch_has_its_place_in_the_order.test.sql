-- What happens after a bulk is published after it, although the relay writes the bulk's events later.
begin;
select plan(2);

insert into public."Clients" ("Business") values ('Acme');
insert into public.crm_contacts (client, email)
select 'Acme', 'person' || i || '@fabrikam.test' from generate_series(1, 100) as i;
update public.crm_contacts set job_title = 'CTO' where email = 'person7@fabrikam.test';
select is(
  (select array_agg(e.event_type) from shared.outbox_events e), array['contact.updated']::varchar[],
  'the single change is in the outbox before the bulk'
);
select private.relay_outbox_tick();
select is(
  (
    select array_agg(l.event_type order by l.sequence)
    from shared.domain_event_logs l
    join public.crm_contacts c on c.id = l.aggregate_id
    where c.email = 'person7@fabrikam.test'
  ),
  array['contact.created', 'contact.updated'], 'it is published after it'
);

select * from finish();
rollback;
