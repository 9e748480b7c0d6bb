begin;
select plan(7);

create function pg_temp.told() returns bigint language sql as $$
  select count(*) from shared.outbox_events e where e.event_type = 'lead.replied'
$$;
select tests.bison('LEAD_REPLIED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), 1::bigint, 'a reply is told');
select is(
  (
    select row(e.aggregate_type, e.aggregate_id, e.occurred_at, e.event_data - '{instance_url,received_at}'::text[])::text
    from shared.outbox_events e
    where e.event_type = 'lead.replied'
  ),
  row(
    'lead', private.person_id('Acme', 'casey@fabrikam.test'), '2026-03-02T14:00:00Z'::timestamptz,
    jsonb_build_object(
      'email', 'casey@fabrikam.test', 'name', 'Casey Morgan', 'campaign_id', 401, 'reply_id', 3001,
      'subject', 'Re: Spring', 'text', 'Tell me more.', 'interested', false
    )
  )::text,
  'with what it says'
);
select tests.bison('LEAD_REPLIED', '2026-03-02T14:00:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-02T15:00:00Z');
select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), 1::bigint, 'other events of the same mail tell nothing new');
select tests.bison('LEAD_REPLIED', '2026-03-03T14:00:00Z', '{"reply": {"id": 3002}}');
select is(pg_temp.told(), 2::bigint, 'another mail does');
select tests.bison('LEAD_REPLIED', '2026-03-03T15:00:00Z', '{"reply": {"id": 3003, "automated_reply": true}}');
select is(pg_temp.told(), 2::bigint, 'a machine''s does not');
select tests.bison('EMAIL_BOUNCED', '2026-03-03T15:00:00Z', '{"reply": {"id": 3004}}');
select is(pg_temp.told(), 2::bigint, 'nor does a bounce');
select tests.bison('LEAD_REPLIED', '2026-03-02T14:00:00Z', '{}', 'Blue');
select is(pg_temp.told(), 3::bigint, 'another client''s is another');

select * from finish();
rollback;
