begin;
select plan(6);

select tests.bison('TAG_ATTACHED', null, '{"taggable_type": "SenderEmail", "taggable_id": 66}');
select results_eq(
  'select client, bison_tag_id, name, inbox_count from public.inbox_tags', $$values ('Acme', 31, 'Warm', 1)$$,
  'the tag, also before its inbox is known'
);
select tests.bison('EMAIL_ACCOUNT_ADDED', '2026-03-02 09:00Z');
select is((select tags from public.inboxes), '["Warm"]', 'which then has it');
select tests.bison('TAG_ATTACHED', null, '{"taggable_type": "SenderEmail", "taggable_id": 66, "tag_name": "Warm"}');
select results_eq(
  'select name, inbox_count from public.inbox_tags', $$values ('Warm', 1)$$, 'attached twice it counts once'
);
select is((select tags from public.inboxes), '["Warm"]', 'and shows once');
select tests.bison('TAG_REMOVED', null, '{"taggable_type": "SenderEmail", "taggable_id": 66, "tag_name": "Warm"}');
select results_eq('select inbox_count from public.inbox_tags', 'values (0)', 'removed');
select is((select tags from public.inboxes), '[]', 'everywhere');

select * from finish();
rollback;
