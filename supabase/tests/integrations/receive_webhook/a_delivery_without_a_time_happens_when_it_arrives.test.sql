begin;
select plan(2);

select is(tests.bison('EMAIL_SENT', null), 'processed', 'no time is no fault');
select results_eq(
  $$select occurred_at, (select occurred_at from integrations.webhook_events) from private.pending_events$$,
  $$values (now(), null::timestamptz)$$,
  'the fact is dated by its arrival, and the event says that the provider told no time'
);

select * from finish();
rollback;
