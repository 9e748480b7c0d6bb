begin;
select plan(8);

create function pg_temp.is_about(p_payload jsonb, p_email text) returns boolean language sql as $$
  select private.person_key('Acme', p_payload) = private.person_key('Acme', p_email)
$$;
select ok(
  pg_temp.is_about(
    '{"data": {"lead": {"email": " Casey@Fabrikam.TEST "}, "reply": {"from_email_address": "x@y.test"}}}',
    'casey@fabrikam.test'
  ),
  'the lead'
);
select ok(
  pg_temp.is_about('{"data": {"lead": null, "reply": {"from_email_address": "X@y.test"}}}', 'x@y.test'),
  'else who wrote'
);
select ok(
  pg_temp.is_about(
    '{
      "event": {"type": "manual_email_sent"},
      "data": {"reply": {"from_email_address": "x@y.test", "primary_to_email_address": "Casey@fabrikam.test"}}
    }',
    'casey@fabrikam.test'
  ),
  'whom we wrote to'
);
select ok(pg_temp.is_about('{"payload": {"email": "Casey@fabrikam.test"}}', 'casey@fabrikam.test'), 'the invitee');
select ok(not pg_temp.is_about('{"payload": {"email": "Casey@fabrikam.test"}}', 'x@y.test'), 'and nobody else');
select is(private.person_key('Acme', '{"data": {"tag_id": 1}}'::jsonb), null, 'a tag is about nobody');
select is(private.person_key('Acme', '[1]'::jsonb), null, 'nor is a list');
select is(private.person_key('Acme', null::jsonb), null, 'or nothing');

select * from finish();
rollback;
