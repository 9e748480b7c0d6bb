begin;
select plan(6);

create function pg_temp.unreadable(p_provider text) returns bigint language sql as $$
  select event_id
  from integrations.receive_webhook(
    tests.endpoint(p_provider), 'rejected', 'unknown', null, null, 'invalid_json', uuid_send(gen_random_uuid())
  )
$$;
select is(
  integrations.replay_webhook(
    pg_temp.unreadable('bison'),
    '{"event": {"type": "email_sent"}, "data": {"campaign": {"id": 401}, "lead": {"email": "casey@fabrikam.test"}}}'
  ),
  'processed', 'a mail'
);
select is((select emails_sent from public.all_leads), 1, 'is counted');
select is((select event_type from integrations.webhook_events), 'EMAIL_SENT', 'and the event is called so');
select is(
  integrations.replay_webhook(
    pg_temp.unreadable('calendly'),
    '{"event": "invitee.created", "payload": {"uri": "invitee/1", "email": "casey@fabrikam.test"}}'
  ),
  'processed', 'a booking'
);
select is((select count(*) from public.meetings_booked), 1::bigint, 'is one');
select throws_ok(
  format($$select integrations.replay_webhook(%s, '{"data": {}}')$$, pg_temp.unreadable('bison')),
  'MR002', 'The corrected body tells no event type.', 'without a type nothing could handle it'
);

select * from finish();
rollback;
