begin;
select plan(7);
select tests.connect_slack();
select tests.set_clock('2026-03-02 15:00:00+00');
create temp view told as
select kind, client, text from integrations.notices where kind = 'interested_reply' order by created_at;

select tests.bison('LEAD_REPLIED', '2026-03-02T14:00:00Z');
select private.relay_outbox_tick();
select is((select count(*) from told), 0::bigint, 'a reply alone is no news');
select tests.bison('LEAD_INTERESTED', '2026-03-02T14:00:00Z');
select private.relay_outbox_tick();
select results_eq(
  'select * from told',
  $$values (
    'interested_reply', 'Acme', E'*Casey Morgan* (Head of Operations, Fabrikam) is interested.\nTell me more.'
  )$$,
  'that it shows interest is'
);
select tests.bison('LEAD_REPLIED', '2026-03-02T14:00:00Z', '{"reply": {"interested": true}}');
select private.relay_outbox_tick();
select is((select count(*) from told), 1::bigint, 'once, whatever else arrives about it');

-- Another person, whose reply and interest arrive together: two events, one mail.
select tests.bison(t, '2026-03-02T14:10:00Z', '{
  "lead": {"id": 5002, "email": "robin@fabrikam.test", "first_name": "Robin"},
  "reply": {"id": 3002, "interested": true, "from_email_address": "robin@fabrikam.test", "from_name": "Robin Lee"}
}') from unnest(array['LEAD_REPLIED', 'LEAD_INTERESTED']) as t;
select private.relay_outbox_tick();
select is((select count(*) from told), 2::bigint, 'two events of one mail are one notice');
select is(
  (select count(*) from shared.outbox_events where event_type in ('lead.replied', 'lead.interested')), 4::bigint,
  'though both were told to customers'
);
select tests.bison('LEAD_INTERESTED', '2026-03-02T14:20:00Z', '{"reply": {"id": 3003, "text_body": "Friday?"}}');
select private.relay_outbox_tick();
select is((select count(*) from told), 3::bigint, 'another interested mail of the same person is news');

select tests.bison('LEAD_INTERESTED', '2026-02-20T14:00:00Z', '{
  "lead": {"id": 5004, "email": "old@fabrikam.test"}, "reply": {"id": 3004, "from_email_address": "old@fabrikam.test"}
}');
select private.relay_outbox_tick();
select is((select count(*) from told), 3::bigint, 'what is read in late is none');

select * from finish();
rollback;
