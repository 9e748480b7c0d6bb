begin;
select plan(12);

create function pg_temp.progress(p_email text) returns jsonb language sql as $$
  select pipeline_progress from crm_contacts where email = p_email
$$;

insert into engaged_leads (client, email) values ('Acme', 'a@x.example');
select is(pg_temp.progress('a@x.example'), null, 'nothing reached, nothing there');

insert into engaged_leads (
  client, email, meeting_booked, meeting_booked_at, showed_up_to_disco, showed_up_to_disco_at, qualified, qualified_at,
  demo_booked, demo_booked_at, showed_up_to_demo, showed_up_to_demo_at, proposal_sent, proposal_sent_at, closed,
  closed_at
)
values (
  'Acme', 'b@x.example', true, '2026-03-01 01:30+02', true, '2026-03-02Z', true, '2026-03-03Z', true, '2026-03-04Z',
  true, '2026-03-05Z', true, '2026-03-06Z', true, '2026-03-07Z'
);
select is(
  pg_temp.progress('b@x.example'),
  '{
    "meeting_booked": "2026-02-28T23:30:00Z", "disco_show": "2026-03-02T00:00:00Z",
    "qualified": "2026-03-03T00:00:00Z", "demo_booked": "2026-03-04T00:00:00Z", "demo_show": "2026-03-05T00:00:00Z",
    "proposal_sent": "2026-03-06T00:00:00Z", "closed": "2026-03-07T00:00:00Z"
  }',
  'every milestone, in UTC'
);

insert into engaged_leads (client, email, meeting_booked, qualified, qualified_at, last_event_at)
values ('Acme', 'c@x.example', true, false, '2026-03-03Z', '2026-03-09 08:00Z');
select is(
  pg_temp.progress('c@x.example'), '{"meeting_booked": "2026-03-09T08:00:00Z"}',
  'without a date the event''s; a date without its flag says nothing'
);

update engaged_leads set demo_booked = true, last_event_at = '2026-03-10 08:00Z' where email = 'c@x.example';
select is(
  pg_temp.progress('c@x.example'),
  '{"meeting_booked": "2026-03-09T08:00:00Z", "demo_booked": "2026-03-10T08:00:00Z"}',
  'another milestone leaves the first one''s date alone'
);
update engaged_leads set demo_booked_at = '2026-03-10 07:00Z' where email = 'c@x.example';
select is(
  pg_temp.progress('c@x.example') ->> 'demo_booked', '2026-03-10T07:00:00Z', 'a date that comes later corrects'
);
update engaged_leads set demo_booked = false where email = 'c@x.example';
select is(
  pg_temp.progress('c@x.example'), '{"meeting_booked": "2026-03-09T08:00:00Z"}',
  'a flag taken back takes its date along'
);
update engaged_leads set meeting_booked = null where email = 'c@x.example';
select is(pg_temp.progress('c@x.example'), null, 'the last one leaves nothing');

-- Two leads of one contact.
insert into engaged_leads (client, email, qualified, qualified_at, last_event_at)
values ('Acme', 'd@x.example', true, '2026-03-01Z', '2026-03-02Z');
insert into engaged_leads (client, email, meeting_booked, meeting_booked_at, last_event_at)
values ('Acme', 'D@x.example', true, '2026-03-04Z', '2026-03-04Z');
select is(
  pg_temp.progress('d@x.example'),
  '{"qualified": "2026-03-01T00:00:00Z", "meeting_booked": "2026-03-04T00:00:00Z"}',
  'another lead''s milestone is added'
);
update engaged_leads set meeting_booked = false where email = 'D@x.example';
select is(
  pg_temp.progress('d@x.example'), '{"qualified": "2026-03-01T00:00:00Z"}', 'and taken back without the first one''s'
);
insert into engaged_leads (client, email, qualified, qualified_at, demo_booked, demo_booked_at, last_event_at)
values ('Acme', 'd@X.example', true, '2026-01-01Z', true, '2026-01-02Z', '2026-01-03Z');
select is(
  pg_temp.progress('d@x.example'),
  '{"qualified": "2026-03-01T00:00:00Z", "demo_booked": "2026-01-02T00:00:00Z"}', 'old news fills gaps only'
);

select throws_ok(
  $$update crm_contacts set pipeline_progress = '["closed"]'$$, '23514', null, 'it is an object'
);

insert into engaged_leads (client, email, qualified, last_event_at, created_at)
values ('Acme', 'timeless@x.example', true, null, null);
select is(pg_temp.progress('timeless@x.example'), null, 'a milestone without any time is none');

select * from finish();
rollback;
