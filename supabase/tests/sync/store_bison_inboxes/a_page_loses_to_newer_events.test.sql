begin;
select plan(9);

create function pg_temp.page(p_asked_at timestamptz, p_changes jsonb default '{}')
returns boolean
language sql
as $$
  select private.store_bison_inboxes(
    jsonb_populate_record(null::integrations.sync_cursors, '{"client": "Acme"}'),
    jsonb_build_array('{"id": 66, "name": "Robin", "email": "robin@acme-mail.test", "status": "Connected",
      "warmup_enabled": true, "emails_sent_count": 100, "total_replied_count": 0, "total_opened_count": 0,
      "unsubscribed_count": 0, "bounced_count": 0, "unique_replied_count": 0, "unique_opened_count": 0,
      "total_leads_contacted_count": 60, "interested_leads_count": 0, "tags": [{"id": 31, "name": "Warm"}]}'::jsonb
      || p_changes),
    p_asked_at
  )
$$;

select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-02 10:00:01Z');
select tests.bison('WARMUP_DISABLED_CAUSING_BOUNCES', '2026-03-02 10:00:01Z');
select pg_temp.page('2026-03-02 10:00Z');
select results_eq(
  'select status::text, warmup_enabled, emails_sent_count from public.inboxes',
  $$values ('Disconnected', false, 100)$$,
  'asked before the event: the state is the event''s, the totals are the page''s'
);
select pg_temp.page('2026-03-02 11:00Z');
select results_eq(
  'select status::text, warmup_enabled, disconnected_at from public.inboxes',
  $$values ('Connected', true, null::timestamptz)$$, 'asked after it: the page wins'
);
select tests.bison('EMAIL_ACCOUNT_DISCONNECTED', '2026-03-02 10:30Z');
select tests.bison('WARMUP_DISABLED_CAUSING_BOUNCES', '2026-03-02 10:30Z');
select results_eq(
  'select status::text, warmup_enabled from public.inboxes', $$values ('Connected', true)$$,
  'an older event that comes late changes nothing'
);
select pg_temp.page('2026-03-02 10:45Z', '{"name": "Old", "emails_sent_count": 1}');
select results_eq(
  'select name::text, emails_sent_count from public.inboxes', $$values ('Robin', 100)$$, 'nor does an older page'
);

select tests.set_clock('2026-03-02 12:00Z');
select tests.bison('TAG_REMOVED', null, '{"taggable_id": 66, "taggable_type": "SenderEmail"}');
select pg_temp.page('2026-03-02 11:59Z');
select is((select tags from public.inboxes), '[]', 'a page from before a tag was removed does not bring it back');
select is((select count(*) from public.inbox_tag_assignments), 0::bigint, 'nor its assignment');
select pg_temp.page('2026-03-02 12:01Z');
select is((select tags from public.inboxes), '["Warm"]', 'one from after it does');
select pg_temp.page('2026-03-02 12:02Z', '{"tags": []}');
select is((select inbox_count from public.inbox_tags), 0, 'and one without the tag takes it off');
select pg_temp.page('2026-03-02 12:03Z', '{"status": "Not connected"}');
select is(
  (select disconnected_at from public.inboxes), '2026-03-02 12:03Z', 'Not connected is Disconnected, since then'
);

select * from finish();
rollback;
