begin;
select plan(2);

select throws_ok(
  $$select tests.bison(t, '2026-03-02 10:00Z', '{"reply": null}') from unnest(array['LEAD_REPLIED']) t$$, 'P0001', null,
  'which reply?'
);
select throws_ok(
  $$select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 10:00Z', '{"reply": {"id": null}}')$$, 'P0001', null,
  'nor that'
);

select * from finish();
rollback;
