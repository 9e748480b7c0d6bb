-- One event of each type, made by what makes them, has the members of the catalogue's example.
begin;
select plan(4);

select tests.bison('LEAD_INTERESTED', '2026-03-02T14:00:00Z');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03T14:00:00Z');
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-03T14:00:00Z');
select tests.bison('EMAIL_ACCOUNT_RECONNECTED', '2026-03-04T14:00:00Z');
select tests.calendly('invitee.created', '2026-03-02T14:00:00Z');
select tests.calendly('invitee_no_show.created', '2026-03-02T15:00:00Z');
select tests.calendly('invitee_no_show.deleted', '2026-03-02T16:00:00Z');
select tests.calendly('invitee.canceled', '2026-03-02T17:00:00Z');
select tests.calendly('invitee.created', '2026-03-03T14:00:00Z', '{"uri": "invitee/2", "old_invitee": "invitee/1"}');
insert into public.crm_deals (client, name) values ('Acme', 'Pilot');
update public.crm_deals set stage = 'won';
update public.crm_deals set stage = 'lost';
update public.crm_contacts set deleted_at = now();
insert into outbound.webhooks (team_id, url, events) select t.team_id, 'https://acme.test/', '{*}' from integrations.tenants t;
select private.disable_endpoint(w.id, 'Because.') from outbound.webhooks w;

select is_empty(
  'select c.type from integrations.event_catalogue c except select e.event_type from shared.outbox_events e',
  'every type of the catalogue was told'
);
select is_empty(
  'select e.event_type from shared.outbox_events e except select c.type from integrations.event_catalogue c',
  'every type that was told is in the catalogue'
);
select is_empty(
  $$
    select e.event_type, array(select jsonb_object_keys(e.event_data) order by 1)
    from shared.outbox_events e
    join integrations.event_catalogue c on c.type = e.event_type
    where array(select jsonb_object_keys(e.event_data) order by 1) <> array(select jsonb_object_keys(c.example) order by 1)
  $$,
  'each has the members of its example'
);
select is_empty(
  $$
    select distinct e.event_type, d.key, jsonb_typeof(d.value), jsonb_typeof(c.example -> d.key)
    from shared.outbox_events e
    join integrations.event_catalogue c on c.type = e.event_type
    cross join jsonb_each(e.event_data) d
    where 'null' not in (jsonb_typeof(d.value), jsonb_typeof(c.example -> d.key))
      and jsonb_typeof(d.value) <> jsonb_typeof(c.example -> d.key)
  $$,
  'of the same kinds'
);

select * from finish();
rollback;
