begin;
select plan(9);

create function pg_temp.told() returns bigint language sql as $$
  select count(*) from shared.outbox_events e where e.event_type = 'lead.interested'
$$;
select tests.bison('LEAD_INTERESTED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), 1::bigint, 'interest is told');
select is(
  (
    select row(e.aggregate_id, e.occurred_at, e.event_data - 'engaged_lead_id')::text
    from shared.outbox_events e
    where e.event_type = 'lead.interested'
  ),
  row(
    private.person_id('Acme', 'casey@fabrikam.test'), '2026-03-02T14:00:00Z'::timestamptz,
    jsonb_build_object(
      'email', 'casey@fabrikam.test', 'first_name', 'Casey', 'last_name', 'Morgan', 'job_title', 'Head of Operations',
      'company', 'Fabrikam', 'company_domain', 'fabrikam.test', 'campaign_id', '401', 'campaign_name', 'Spring',
      'lead_source', 'email', 'meeting_booked', false
    )
  )::text,
  'with who it is'
);
select tests.bison('LEAD_INTERESTED', '2026-03-02T14:00:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-05T14:00:00Z', '{"reply": {"id": 3002}}');
select tests.calendly('invitee.created', '2026-03-06T14:00:00Z');
select is(pg_temp.told(), 1::bigint, 'once, however much follows');

insert into public.engaged_leads (client, email, engaged) values ('Acme', 'robin@contoso.test', false);
select is(pg_temp.told(), 1::bigint, 'a row without interest is none');
update public.engaged_leads set engaged = true where email = 'robin@contoso.test';
select is(pg_temp.told(), 2::bigint, 'until there is');
update public.engaged_leads set engaged = false where email = 'robin@contoso.test';
update public.engaged_leads set engaged = true where email = 'robin@contoso.test';
select is(pg_temp.told(), 2::bigint, 'switching it on again is no news');
insert into public.engaged_leads (client, email) values (null, 'x@contoso.test'), ('Acme', '');
select is(pg_temp.told(), 2::bigint, 'a row of nobody is none');

insert into public.engaged_leads (client, email)
select 'Acme', 'person' || i || '@contoso.test' from generate_series(1, 600) as i;
select is(pg_temp.told(), 2::bigint, 'many rows are left to the relay');
select private.relay_outbox_tick();
select is(
  (select count(*) from shared.domain_event_logs l where l.event_type = 'lead.interested'), 602::bigint, 'which tells them'
);

select * from finish();
rollback;
