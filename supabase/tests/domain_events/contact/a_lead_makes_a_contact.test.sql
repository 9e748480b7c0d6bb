begin;
select plan(2);

select tests.bison('LEAD_INTERESTED', '2026-03-02T14:00:00Z');
select is(
  (select array_agg(e.event_type::text order by e.event_type) from shared.outbox_events e),
  array['contact.created', 'lead.interested', 'lead.replied'], 'interest tells a reply, a lead and a contact'
);
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03T14:00:00Z');
select is(
  (
    select array_agg(array[e.event_data ->> 'from', e.event_data ->> 'to'])
    from shared.outbox_events e
    where e.event_type = 'contact.status_changed'
  ),
  array[array['hot', 'inactive']], 'an unsubscribe changes its status'
);

select * from finish();
rollback;
