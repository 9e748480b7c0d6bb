begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_SENT', '2026-03-03 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-03 11:00Z');
select tests.bison('TAG_ATTACHED', null, '{"taggable_type": "SenderEmail", "taggable_id": 66}');
select is_empty('select * from private.recount_counters()', 'all agrees');

update public.campaign_reporting set emails_sent = 7, opened = null where date = '2026-03-03';
update public.inboxes set unique_opened_count = 5;
update public.all_leads set emails_sent = 3;
update public.inbox_tags set inbox_count = 9;
select set_eq(
  'select table_name, counter, stored, recounted from private.recount_counters()',
  $$values ('campaign_reporting', 'emails_sent', 7::numeric, 1::numeric), ('campaign_reporting', 'opened', 0, 1),
    ('inboxes', 'unique_opened_count', 5, 1), ('all_leads', 'emails_sent', 3, 2), ('inbox_tags', 'inbox_count', 9, 1)$$,
  'each difference, none else'
);
select is((select count(*) from private.recount_counters(p_apply => true)), 5::bigint, 'told to, it mends them');
select is_empty('select * from private.recount_counters()', 'then all agrees');

select * from finish();
rollback;
