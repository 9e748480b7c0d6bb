begin;
select plan(3);

select tests.bison('EMAIL_SENT', now() + interval '5 minutes');
select is(
  (select occurred_at from integrations.webhook_events), now() + interval '5 minutes', 'a clock may run a little fast'
);
select tests.bison('EMAIL_OPENED', '2099-01-01');
select tests.bison('EMAIL_OPENED', 'infinity');
select is((select max(occurred_at) from integrations.webhook_events), now() + interval '5 minutes', 'not by years');
select is(
  (select max(occurred_at) from private.pending_events where kind = 'opened'), now(),
  'the event is dated by its arrival, so that those that follow are not held to be old'
);

select * from finish();
rollback;
