begin;
select plan(14);

insert into public."Clients" ("Business", "Website")
values ('Northwind Robotics', 'northwind.example'), ('Bluebird Logistics', 'bluebird.example');
create function pg_temp.store(p_id integer, p_title text, p_emails text[], p_external boolean default true)
returns text
language sql
as $$
  select private.store_call(
    jsonb_build_object(
      'recording_id', p_id, 'title', p_title, 'recording_start_time', '2026-03-03T10:00:00Z',
      'recording_end_time', '2026-03-03T10:30:00Z', 'transcript', '[]'::jsonb,
      'calendar_invitees', (
        select jsonb_agg(jsonb_build_object('email', e, 'email_domain', split_part(e, '@', 2), 'is_external', p_external))
        from unnest(p_emails) as e
      )
    ),
    now(), null
  )
$$;

select is(pg_temp.store(1, 'Intro', '{a@northwind.example}'), 'matched', 'a clear call is its client''s');
select results_eq(
  $$select client, auto_matched, match_confidence, match_reason, matched_by, duration_seconds, call_type
    from public.client_fathom_calls where fathom_call_id = '1'$$,
  $$values ('Northwind Robotics', true, 0.9::float8, 'An invitee''s domain is northwind.example, its website.',
    null::text, 1800, 'general')$$,
  'with its confidence and its reason'
);
select is(pg_temp.store(2, 'Northwind Robotics and a friend', '{a@gmail.com}'), 'held', 'a title alone is asked about');
select is(
  pg_temp.store(3, 'All hands', '{a@northwind.example,b@bluebird.example}'), 'held', 'so are two clients at once'
);
select is(pg_temp.store(4, 'Cold call', '{a@gmail.com}'), 'held', 'and one without any evidence');
select is(pg_temp.store(5, 'Stand-up', '{a@agency.example}', false), 'dismissed', 'nobody is asked about a stand-up');
select is(
  (select count(*) from public.client_fathom_calls), 1::bigint, 'no client has what was held or dismissed'
);
select results_eq(
  $$select u.recording_id, u.reason from integrations.unmatched_calls u where u.status = 'waiting' order by 1$$,
  $$values ('2', 'Not sure enough: Northwind Robotics The title names it.'),
    ('3', 'Bluebird Logistics and Northwind Robotics are too close.'), ('4', 'Nothing speaks for any client.')$$,
  'the reason says why'
);
select results_eq(
  $$select c.choice ->> 'value', c.choice ->> 'label'
    from integrations.approvals a, jsonb_array_elements(a.details -> 'choices') with ordinality as c (choice, n)
    where a.title like '%a friend%' order by c.n$$,
  $$values ('Northwind Robotics', 'Northwind Robotics (55 %)'), ('Bluebird Logistics', 'Bluebird Logistics'),
    ('(none)', 'No client''s')$$,
  'people choose among the candidates, then the others, or none'
);
select is(pg_temp.store(2, 'Northwind Robotics and a friend', '{a@gmail.com}'), 'held', 'told again, it still waits');
select is((select count(*) from integrations.approvals), 3::bigint, 'and is asked about once');

select is(
  pg_temp.store(2, 'Northwind Robotics and a friend', '{a@gmail.com,b@northwind.example}'), 'matched',
  'it is placed by itself when it becomes clear'
);
select is(
  (select status from integrations.approvals where title like '%a friend%'), 'withdrawn', 'then the question ends'
);

-- The edges of the threshold and of the margin.
update integrations.settings set value = 90 where name = 'calls.match_threshold';
select is(pg_temp.store(6, 'Intro', '{a@northwind.example}'), 'matched', 'the threshold itself is enough');

select * from finish();
rollback;
