begin;
select plan(9);

insert into public."Clients" ("Business", "Website") values ('Northwind Robotics', 'northwind.example');
insert into integrations.fathom_accounts (name, api_key)
values ('Robin', 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40));
create function pg_temp.account() returns uuid language sql as $$ select a.id from integrations.fathom_accounts a $$;
create function pg_temp.meeting(p_id integer, p_day text) returns jsonb language sql as $$
  select jsonb_build_object('recording_id', p_id, 'title', 'Weekly', 'created_at', p_day || 'T10:00:00Z',
    'transcript', '[{"text": "x"}]'::jsonb, 'default_summary', '{"markdown_formatted": "x"}'::jsonb,
    'calendar_invitees', '[{"email": "a@northwind.example", "email_domain": "northwind.example", "is_external": true}]'::jsonb)
$$;
select tests.set_clock('2026-03-10 12:00Z');

select results_eq(
  'select created_after from integrations.get_fathom_account(pg_temp.account())', $$values ('2026-02-08 12:00Z'::timestamptz)$$,
  'the first list goes back thirty days'
);
select is(
  integrations.store_fathom_page(
    pg_temp.account(),
    jsonb_build_array(
      pg_temp.meeting(1, '2026-03-09'), '{"title": "no id"}', pg_temp.meeting(2, '2026-03-05') || '{"recording_start_time": "x"}'
    ),
    '2026-03-10 12:00Z', '2026-02-08 12:00Z', null, 'page-2'
  ),
  '["matched", "failed", "failed"]', 'one that cannot be stored does not hold up the others'
);
select is(
  (select count(*) from integrations.notices where kind = 'call_failed'), 2::bigint, 'and is told to people'
);
select results_eq(
  $$select payload ->> 'cursor', (payload ->> 'newest')::timestamptz from outbound.job_queue where job_type = 'sync_fathom'$$,
  $$values ('page-2', '2026-03-09 10:00Z'::timestamptz)$$, 'the next page is asked for'
);
select is((select synced_until from integrations.fathom_accounts), null, 'the cursor waits for the last page');
select is(
  integrations.store_fathom_page(
    pg_temp.account(), jsonb_build_array(pg_temp.meeting(3, '2026-03-01'), pg_temp.meeting(1, '2026-03-09')),
    '2026-03-10 12:01Z', '2026-02-08 12:00Z', '2026-03-09 10:00Z', null
  ),
  '["updated", "matched"]', 'a meeting that shifted onto the next page is known'
);
select is(
  (select synced_until from integrations.fathom_accounts), '2026-03-09 10:00Z'::timestamptz, 'then it is the newest meeting'
);
select results_eq(
  'select created_after from integrations.get_fathom_account(pg_temp.account())', $$values ('2026-03-08 10:00Z'::timestamptz)$$,
  'the next list begins a day before'
);
select is(
  integrations.store_fathom_page(pg_temp.account(), '[]', '2026-03-10 12:02Z', '2026-03-08', null, null), '[]',
  'an empty list changes nothing'
);

select * from finish();
rollback;
