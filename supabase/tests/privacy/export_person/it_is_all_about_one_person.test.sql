begin;
select plan(11);

create temp table who as select tests.create_user('admin') as admin, tests.create_user('manager') as manager;
grant select on who to authenticated;
select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z'), tests.bison('LEAD_INTERESTED', '2026-03-02 10:00Z');
select tests.calendly('invitee.created', '2026-03-03 09:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-02 12:00Z', '{
  "lead": {"id": 5002, "email": "jo.casey@fabrikam.test", "first_name": "Jo"},
  "reply": {"id": 3010, "from_email_address": "jo.casey@fabrikam.test", "text_body": "Ask casey@fabrikam.test, please."}
}');
insert into public.crm_notes (client, contact_id, text)
select client, id, 'Called ' || first_name from public.crm_contacts;

select tests.authenticate_as((select manager from who));
select throws_ok($$select integrations.export_person('casey@fabrikam.test')$$, 'MR004', null, 'a manager may not');
select tests.authenticate_as((select admin from who));
create temp table export as select integrations.export_person('Casey@fabrikam.test') as answer;
select is((select answer ->> 'email' from export), 'casey@fabrikam.test', 'an admin may');
select ok(
  (
    select array['public.all_leads', 'public.replies', 'public.engaged_leads', 'public.crm_contacts',
      'public.meetings_booked', 'public.calendly_invitees', 'integrations.webhook_events', 'crm_notes']
      <@ array(select jsonb_object_keys(answer -> 'data'))
    from export
  ),
  'every table is there'
);
select is((select jsonb_array_length(answer #> '{data,public.all_leads}') from export), 1, 'with one person''s rows');
select is((select answer #>> '{data,public.replies,0,text_body}' from export), 'Tell me more.', 'what they wrote');
select is((select answer #>> '{data,crm_notes,0,text}' from export), 'Called Casey', 'what was written about them');
select is(
  (select answer #>> '{data,public.crm_contacts,0,first_name}' from export), 'Casey', 'what is known of them'
);
select is((select answer -> 'is_suppressed' from export), 'false', 'and whether they are forgotten');
select is((integrations.export_person('nobody@fabrikam.test') -> 'data'), '{}', 'of somebody unknown there is nothing');
select tests.clear();
select is((select count(*) from integrations.audit_log where action = 'export_person'), 2::bigint, 'it is audited');
select is_empty(
  $$select from integrations.audit_log l where l::text ~ 'casey@'$$, 'without the address'
);

select * from finish();
rollback;
