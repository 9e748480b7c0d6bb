begin;
select plan(7);

select is(private.is_bounce('{"type": "Bounced"}'), true, 'type');
select is(private.is_bounce('{"folder": "Bounced"}'), true, 'folder');
select is(private.is_bounce('{"from_email_address": "Mailer-Daemon@googlemail.com"}'), true, 'sender');
select is(private.is_bounce('{"from_email_address": "postmaster@corp.test"}'), true, 'the other sender');
select is(
  private.is_bounce('{"from_email_address": "casey@fabrikam.test", "type": "Tracked Reply", "automated_reply": true}'),
  false, 'not an answer'
);
select is(
  private.is_bounce('{"from_email_address": "not.mailer-daemon@fabrikam.test"}'), false, 'not a name that contains it'
);
select is(private.is_bounce(null), false, 'not nothing');

select * from finish();
rollback;
