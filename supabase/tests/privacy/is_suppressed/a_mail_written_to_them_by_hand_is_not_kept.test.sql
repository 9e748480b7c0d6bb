begin;
select plan(4);

select tests.endpoint('bison');
select integrations.erase_person('casey@fabrikam.test');
select is(
  tests.bison('MANUAL_EMAIL_SENT', '2026-03-02 10:00Z', '{
    "lead": null, "campaign": null,
    "reply": {"from_email_address": "robin@acme-mail.test", "primary_to_email_address": "Casey@fabrikam.test"}
  }'),
  'ignored', 'that names them as its recipient alone'
);
select results_eq(
  $$select tests.places_of('casey@fabrikam.test')$$, array['integrations.event_catalogue'], 'their address is nowhere'
);
select is(
  tests.bison('MANUAL_EMAIL_SENT', '2026-03-02 10:00Z', '{
    "lead": null, "campaign": null,
    "reply": {"from_email_address": "robin@acme-mail.test", "primary_to_email_address": "jo@fabrikam.test"}
  }'),
  'processed', 'a mail to others is'
);
select is((select email from private.person_marks), 'jo@fabrikam.test', 'remembered');

select * from finish();
rollback;
