begin;
select plan(2);

select throws_ok(
  $$select tests.bison('EMAIL_ACCOUNT_ADDED', null, '{"sender_email": null}')$$, 'P0001', null, 'which inbox?'
);
select throws_ok(
  $$select tests.bison('WARMUP_DISABLED_CAUSING_BOUNCES', null, '{"sender_email": {"id": null}}')$$, 'P0001', null,
  'whose warm-up?'
);

select * from finish();
rollback;
