begin;
select plan(2);

insert into public."Clients" ("Business") values ('Acme');
insert into public.meetings_booked (client, email, meeting_name) values ('Acme', 'casey@fabrikam.test', 'Intro');
update public.meetings_booked set status = 'no_show';
update public.meetings_booked set status = 'booked', meeting_name = 'Introduction';
update public.meetings_booked set status = 'canceled', cancel_reason = 'Ill';
update public.meetings_booked set meeting_name = 'Old';
update public.meetings_booked set status = 'booked';
select is(
  (select array_agg(e.event_type::text order by e.position) from shared.outbox_events e where e.event_type like 'meeting.%'),
  array['meeting.booked', 'meeting.no_show', 'meeting.no_show_removed', 'meeting.canceled', 'meeting.booked'],
  'every change of state is told'
);
select is(
  (select array_agg(distinct e.aggregate_id) from shared.outbox_events e where e.event_type like 'meeting.%'),
  (select array[m.id] from public.meetings_booked m), 'of the meeting'
);

select * from finish();
rollback;
