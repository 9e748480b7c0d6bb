-- A booking, its move (a canceled old booking and a new one) and the end of that, in all 24 orders.
begin;
select plan(2);

create temp table play (n integer, type text, at timestamptz, changes jsonb);
insert into play
values
  (1, 'invitee.created', '2026-03-02T14:00:00Z', '{}'),
  (
    2, 'invitee.canceled', '2026-03-03T14:00:00Z',
    '{"rescheduled": true, "new_invitee": "invitee/2", "created_at": "2026-03-02T14:00:00Z"}'
  ),
  (3, 'invitee.created', '2026-03-03T14:00:00Z', '{"uri": "invitee/2", "old_invitee": "invitee/1"}'),
  (
    4, 'invitee.canceled', '2026-03-04T14:00:00Z',
    '{"uri": "invitee/2", "old_invitee": "invitee/1", "created_at": "2026-03-03T14:00:00Z"}'
  );
create temp table ending (client text, told text[]);

do $$
declare
  v_order integer[];
  v_client text;
begin
  for v_order in
    select array[a.n, b.n, c.n, d.n] from play a, play b, play c, play d
    where array[a.n, b.n, c.n, d.n] @> array[1, 2, 3, 4]
  loop
    v_client := 'Client ' || v_order::text;
    for i in 1..4 loop
      perform tests.calendly(p.type, p.at, p.changes, v_client) from play p where p.n = v_order[i];
    end loop;
    insert into ending
    select v_client, array_agg(e.event_type || ' ' || (e.event_data ->> 'booking') order by e.event_type)
    from shared.outbox_events e
    where e.event_type like 'meeting.%'
      and e.tenant_id = (select t.tenant_id from integrations.tenants t where t.business = v_client);
  end loop;
end
$$;
select is((select count(*) from ending), 24::bigint, 'all orders were played');
select is_empty(
  $$
    select * from ending
    where told <> array['meeting.booked invitee/1', 'meeting.canceled invitee/2', 'meeting.rescheduled invitee/2']
  $$,
  'each tells a booking, a move and a cancellation, once'
);

select * from finish();
rollback;
