begin;
select plan(3);

insert into public.master_contacts_db (email, source)
values ('Casey@fabrikam.test', 'apollo'), ('jo@fabrikam.test', 'apollo');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-02 10:00Z', '{"campaign": null}');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-02 10:00Z', '{"campaign": null, "lead": {"email": "jo@fabrikam.test"}}', 'Birch');
select tests.bison('MANUAL_EMAIL_SENT', '2026-03-02 10:00Z', '{"campaign": null, "lead": {"email": "jo@fabrikam.test"}}');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring');

select public.build_contact_list('Acme', '401', 'Spring list', '{"sources": ["apollo"]}');
select results_eq(
  $$
    select m.email, k.status, k.reason
    from "Master".campaign_contact_db k join public.master_contacts_db m on m.id = k.contact_id
    order by lower(m.email)
  $$,
  $$values ('Casey@fabrikam.test', 'excluded', 'unsubscribed'), ('jo@fabrikam.test', 'chosen', null)$$,
  'of the client itself, and for no other reason'
);

select public.push_contact_list((select id from "Master".contact_lists));
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-03 10:00Z', '{"campaign": null, "lead": {"email": "Jo@fabrikam.test"}}');
select is_empty(
  $$select from integrations.claim_push('Acme', '401', 'worker 1')$$, 'nor is anybody pushed who did so meanwhile'
);
select is((select problem from "Master".bison_queue), 'unsubscribed', 'with the reason');

select * from finish();
rollback;
