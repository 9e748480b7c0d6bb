begin;
select plan(3);

select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-02 10:00Z');
select tests.bison('TAG_REMOVED', null, '{"taggable_id": 66, "taggable_type": "SenderEmail"}');
select is(
  tests.bison('TAG_ATTACHED', now() - interval '1 hour', '{"taggable_id": 66, "taggable_type": "SenderEmail"}'),
  'ignored', 'what happened before an event that is here does not undo it'
);
select is(
  tests.bison('TAG_ATTACHED', now() - interval '1 hour', '{"taggable_id": 66, "taggable_type": "SenderEmail",
    "tag_id": 32, "tag_name": "Google"}'),
  'processed', 'one of another tag does what it says'
);
select is((select tags from public.inboxes), '["Google"]', 'only that one is on');

select * from finish();
rollback;
