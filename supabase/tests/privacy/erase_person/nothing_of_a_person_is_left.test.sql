-- The whole story of one person with two clients, and of one whose address ends alike.
begin;
select plan(19);

create function pg_temp.story(p_client text) returns void language sql as $$
  select
    tests.bison('EMAIL_SENT', '2026-03-02 09:00Z', p_client => p_client),
    tests.bison('EMAIL_OPENED', '2026-03-02 10:00Z', p_client => p_client),
    tests.bison('LEAD_REPLIED', '2026-03-02 11:00Z', p_client => p_client),
    tests.bison('LEAD_INTERESTED', '2026-03-02 12:00Z', p_client => p_client),
    tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 13:00Z', '{"reply": {"id": 3002}}', p_client),
    tests.bison('EMAIL_BOUNCED', '2026-03-02 14:00Z', '{"reply": {"id": 3003}}', p_client),
    tests.bison('LEAD_UNSUBSCRIBED', '2026-03-02 15:00Z', p_client => p_client),
    tests.calendly('invitee.created', '2026-03-03 09:00Z', p_client => p_client),
    tests.calendly('routing_form_submission.created', '2026-03-03 09:00Z', '{
      "questions_and_answers": [{"question": "Who are you?", "answer": "Casey, CASEY@fabrikam.test"}]
    }', p_client);
$$;
select pg_temp.story('Acme'), pg_temp.story('Bolt');
select tests.bison('LEAD_INTERESTED', '2026-03-02 12:00Z', '{
  "lead": {"id": 5002, "email": "jo.casey@fabrikam.test", "first_name": "Jo"},
  "reply": {"id": 3010, "from_email_address": "jo.casey@fabrikam.test", "text_body": "Ask casey@fabrikam.test, please."}
}');
insert into public.crm_notes (client, contact_id, text)
select client, id, 'Called casey@fabrikam.test.' from public.crm_contacts;
insert into public.crm_deals (client, contact_id, name, amount)
select client, id, 'Pilot of <Casey@Fabrikam.test>', 100 from public.crm_contacts where email = 'casey@fabrikam.test';
insert into public.master_contacts_db (email, first_name) values ('Casey@Fabrikam.test', 'Casey');
select integrations.receive_webhook(
  tests.endpoint('bison'), 'x', 'LEAD_REPLIED', '{}', null, 'not_json', '{"email": "casey@fabrikam.test'::bytea
);
-- Another body under a key that is known.
select tests.bison('EMAIL_SENT', '2026-03-02 09:30Z', p_key => 'twice');
select tests.bison('EMAIL_SENT', '2026-03-02 09:30Z', '{"lead": {"title": "Boss"}}', p_key => 'twice');
select outbound.enqueue_job('default', 'greet', '{"to": "casey@fabrikam.test"}', p_dedupe_key => 'greet:casey@fabrikam.test');
select shared.relay_outbox(1000);

select cmp_ok((select count(*) from tests.places_of('casey@fabrikam.test')), '>', 14::bigint, 'they are everywhere');
create temp table counted as
select * from public.campaign_reporting_current;
create temp table done as select integrations.erase_person(' Casey@Fabrikam.test ') as answer;

select results_eq(
  $$select tests.places_of('casey@fabrikam.test', 'jo.casey@fabrikam.test')$$, array['integrations.event_catalogue'],
  'then nowhere but in the catalogue''s examples'
);
select is_empty(
  $$
    select l.email from public.all_leads l where l.email <> 'jo.casey@fabrikam.test'
    union all select e.email from public.engaged_leads e where e.email <> 'jo.casey@fabrikam.test'
    union all select c.email from public.crm_contacts c where c.email <> 'jo.casey@fabrikam.test'
    union all select m.email from public.meetings_booked m
    union all select i.email from public.calendly_invitees i
  $$,
  'no row of theirs is left'
);
select is((select count(*) from public.all_leads), 1::bigint, 'whose address ends alike is kept');
select alike((select text_body from public.replies), 'Ask [erased %], please.', 'without the address they wrote down');
select is((select count(*) from public.crm_notes where text like 'Called%'), 1::bigint, 'notes about the person are gone');
select alike((select text from public.crm_notes where text like 'Called%'), 'Called [erased %].', 'others are blotted');
select results_eq(
  $$select contact_id, left(name, 18), amount from public.crm_deals order by client$$,
  $$values (null::uuid, 'Pilot of <[erased ', 100::numeric), (null, 'Pilot of <[erased ', 100)$$,
  'deals stay as the client''s figures'
);
select is_empty('select from outbound.job_queue where job_type = ''greet''', 'a job about them is gone');
select is_empty(
  $$select from shared.domain_event_logs where payload::text like '%Fabrikam%' and payload::text not like '%jo.casey%'$$,
  'what was told about them is emptied'
);

-- Figures.
select results_eq(
  'select * from public.campaign_reporting_current order by client, campaign_id, date',
  'select * from counted order by client, campaign_id, date', 'the figures are what they were'
);
select is_empty('select * from private.recount_counters()', 'and a recount agrees');

-- What was done.
select results_eq(
  $$
    select d.item ->> 'rows' from done, jsonb_array_elements(answer) as d (item)
    where d.item ->> 'table_name' in ('public.all_leads', 'public.crm_contacts') and d.item ->> 'action' = 'delete'
  $$,
  array['2', '2'], 'the answer says what was done'
);
select results_eq(
  $$
    select actor, new = (select answer from done) and row_key = private.address_reference('casey@fabrikam.test')
    from integrations.audit_log where action = 'erase_person'
  $$,
  $$values ('role:postgres', true)$$, 'and the audit log, without the address'
);

-- Late deliveries of every kind.
select pg_temp.story('Acme'), pg_temp.story('Bolt');
select tests.bison('EMAIL_SENT', '2026-03-02 09:30Z', '{"lead": {"title": "Chef"}}', p_key => 'twice');
select is(
  (
    select (r).outcome
    from integrations.receive_webhook(
      tests.endpoint('bison'), 'y', 'LEAD_REPLIED', '{}', null, 'not_json', '{"email": "<Casey@fabrikam.test>'::bytea
    ) as r
  ),
  'rejected', 'a body that is no JSON is noted'
);
select results_eq(
  $$select tests.places_of('casey@fabrikam.test', 'jo.casey@fabrikam.test')$$, array['integrations.event_catalogue'],
  'late deliveries bring nothing back'
);
select is((select count(*) from public.all_leads), 1::bigint, 'no lead');
select is_empty('select from public.calendly_invitees', 'no booking');
select is(
  (select count(*) from integrations.webhook_events where event_type = 'suppressed' and payload is null),
  19::bigint, 'it is known that they came'
);

select * from finish();
rollback;
