begin;
select plan(1);

select tests.bison('MANUAL_EMAIL_SENT', '2026-03-04 09:00Z', '{"lead": null, "campaign": null,
  "reply": {"primary_to_email_address": "Casey@Fabrikam.test"}}');
select tests.bison('LEAD_INTERESTED', '2026-03-02 09:00Z');
select is((select last_contact from public.engaged_leads), '2026-03-04 09:00Z', 'by its recipient');

select * from finish();
rollback;
