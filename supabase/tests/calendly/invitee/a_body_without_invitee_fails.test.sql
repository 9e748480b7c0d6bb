begin;
select plan(3);

select throws_ok(
  $$select tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"email": " "}')$$, 'P0001', null, 'no address'
);
select throws_ok(
  $$select tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"uri": null}')$$, 'P0001', null, 'no uri'
);
select lives_ok(
  $$select tests.calendly('invitee.created', '2026-03-05 10:00Z',
    '{"scheduled_event": null, "tracking": null, "questions_and_answers": null, "name": null, "first_name": null}')$$,
  'everything else may be missing'
);

select * from finish();
rollback;
