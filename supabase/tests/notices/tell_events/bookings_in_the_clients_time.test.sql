begin;
select plan(4);
select tests.connect_slack();
select tests.set_clock('2026-03-02 15:00:00+00');
update integrations.tenants set time_zone = 'America/New_York';

select tests.calendly('invitee.created', '2026-03-02T14:00:00Z');
select private.relay_outbox_tick();
select results_eq(
  'select kind, text from integrations.notices',
  $$values (
    'meeting_booked', '*Casey Morgan* booked Introduction, 20 Mar 2026 11:00 (America/New_York).'
  )$$,
  'a booking is told, and not its lead''s interest besides'
);
select tests.calendly('invitee.created', '2026-03-02T14:00:00Z');
select private.relay_outbox_tick();
select is((select count(*) from integrations.notices), 1::bigint, 'once');
select tests.calendly('invitee.canceled', '2026-03-02T14:30:00Z');
select private.relay_outbox_tick();
select is(
  (select text from integrations.notices where kind = 'meeting_canceled'),
  '*Casey Morgan* canceled Introduction, 20 Mar 2026 11:00 (America/New_York). Travelling', 'its end, too'
);
select is((select count(*) from outbound.job_queue where job_type = 'post_slack_message'), 2::bigint, 'in two messages');

select * from finish();
rollback;
