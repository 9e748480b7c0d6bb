begin;
select plan(3);
select tests.connect_slack();
select tests.set_clock('2026-03-02 15:00:00+00');
delete from integrations.notice_kinds where kind in ('interested_reply', 'inboxes_disconnected');

select tests.bison('LEAD_INTERESTED', '2026-03-02T14:00:00Z');
select private.relay_outbox_tick();
select is((select count(*) from integrations.notices), 0::bigint, 'no notice could be written');
select is(
  (select count(*) from shared.outbox_events where status <> 'processed'), 0::bigint, 'and every event is published'
);
select isnt((select count(*) from shared.domain_event_logs where event_type = 'lead.interested'), 0::bigint, 'to all');

select * from finish();
rollback;
