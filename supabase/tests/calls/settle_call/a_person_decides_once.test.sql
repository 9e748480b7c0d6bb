begin;
select plan(13);

insert into public."Clients" ("Business") values ('Northwind Robotics'), ('Bluebird Logistics');
select private.store_call(
  jsonb_build_object('recording_id', n, 'title', 'Call ' || n, 'action_items', '[{"description": "Do it"}]'::jsonb,
    'calendar_invitees', '[{"email": "a@gmail.com", "email_domain": "gmail.com", "is_external": true}]'::jsonb),
  now(), null
)
from generate_series(1, 4) as n;
create function pg_temp.approval(p_title text) returns uuid language sql as
$$ select a.id from integrations.approvals a where a.title like '%' || p_title || '%' $$;
create function pg_temp.held(p_id text) returns uuid language sql as
$$ select u.id from integrations.unmatched_calls u where u.recording_id = p_id $$;

select is((select count(*) from public.crm_tasks), 0::bigint, 'no task while nobody knows whose call it is');
select results_eq(
  $$select outcome, message from integrations.decide_approval(pg_temp.approval('Call 1'), 'Bluebird Logistics', 'user:1')$$,
  $$values ('decided', 'It is a call with Bluebird Logistics.')$$, 'a click decides'
);
select results_eq(
  $$select client, auto_matched, match_confidence, match_reason, matched_by
    from public.client_fathom_calls where fathom_call_id = '1'$$,
  $$values ('Bluebird Logistics', false, 1::float8, 'A person said so.', 'user:1')$$, 'the call says who'
);
select is((select client from public.crm_tasks), 'Bluebird Logistics', 'now its items are tasks');
select results_eq(
  $$select outcome, decided_by
    from integrations.decide_approval(pg_temp.approval('Call 1'), 'Northwind Robotics', 'user:2')$$,
  $$values ('already_decided', 'user:1')$$, 'whoever is second is told who decided'
);
select is(
  (select outcome from integrations.decide_approval(pg_temp.approval('Call 2'), '(none)', 'user:1')), 'decided',
  'it may be no client''s'
);
select is(
  (select status from integrations.unmatched_calls where recording_id = '2'), 'dismissed', 'then it is dismissed'
);
select is(
  private.store_call('{"recording_id": 2, "title": "Northwind Robotics", "calendar_invitees": [
    {"email": "a@gmail.com", "email_domain": "gmail.com", "is_external": true}]}', now(), null),
  'dismissed', 'and is not asked about again'
);

-- Through the API.
select tests.authenticate_as(tests.create_user('member', 'Northwind Robotics'));
select throws_ok(
  format('select integrations.place_unmatched_call(%L, %L)', gen_random_uuid(), 'Northwind Robotics'), 'MR004', null,
  'a client''s user may not place calls'
);
select is((select count(*) from integrations.unmatched_calls), 0::bigint, 'nor see them');
select tests.clear();
select is(
  integrations.place_unmatched_call(pg_temp.held('3'), 'Northwind Robotics'), 'placed', 'staff and services may'
);
select is(
  (select status from integrations.approvals where id = pg_temp.approval('Call 3')), 'withdrawn', 'the question ends'
);
select throws_ok(
  format('select integrations.place_unmatched_call(%L, %L)', pg_temp.held('4'), 'Nobody'), 'MR002', null,
  'only a client that is there'
);

select * from finish();
rollback;
