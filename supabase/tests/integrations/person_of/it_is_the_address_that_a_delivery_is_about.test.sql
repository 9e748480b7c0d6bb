begin;
select plan(6);

select is(
  private.person_of('{"data": {"lead": {"email": " Casey@Fabrikam.TEST "},
    "reply": {"from_email_address": "x@y.test"}}}'),
  'casey@fabrikam.test', 'the lead'
);
select is(
  private.person_of('{"data": {"lead": null, "reply": {"from_email_address": "X@y.test"}}}'), 'x@y.test',
  'else who wrote'
);
select is(private.person_of('{"payload": {"email": "Casey@fabrikam.test"}}'), 'casey@fabrikam.test', 'the invitee');
select is(private.person_of('{"data": {"tag_id": 1}}'), null, 'a tag is about nobody');
select is(private.person_of('[1]'), null, 'nor is a list');
select is(private.person_of(null), null, 'or nothing');

select * from finish();
rollback;
