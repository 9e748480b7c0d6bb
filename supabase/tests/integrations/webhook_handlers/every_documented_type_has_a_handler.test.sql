begin;
select plan(2);

select results_eq(
  $$select event_type collate "C" from integrations.webhook_handlers where provider = 'bison' order by 1$$,
  $$values
    ('EMAIL_ACCOUNT_ADDED' collate "C"), ('EMAIL_ACCOUNT_DISCONNECTED'), ('EMAIL_ACCOUNT_RECONNECTED'),
    ('EMAIL_ACCOUNT_REMOVED'),
    ('EMAIL_BOUNCED'), ('EMAIL_OPENED'), ('EMAIL_SENT'), ('LEAD_FIRST_CONTACTED'), ('LEAD_INTERESTED'),
    ('LEAD_REPLIED'),
    ('LEAD_UNSUBSCRIBED'), ('MANUAL_EMAIL_SENT'), ('TAG_ATTACHED'), ('TAG_REMOVED'), ('UNTRACKED_REPLY_RECEIVED'),
    ('WARMUP_DISABLED_CAUSING_BOUNCES'), ('WARMUP_DISABLED_RECEIVING_BOUNCES')$$,
  'EmailBison''s 17'
);
select results_eq(
  $$select event_type collate "C" from integrations.webhook_handlers where provider = 'calendly' order by 1$$,
  $$values
    ('event_type.created' collate "C"), ('event_type.deleted'), ('event_type.updated'), ('invitee.canceled'),
    ('invitee.created'),
    ('invitee_no_show.created'), ('invitee_no_show.deleted'), ('routing_form_submission.created')$$,
  'Calendly''s 8'
);

select * from finish();
rollback;
