begin;
select plan(6);

select tests.calendly('event_type.created', '2026-03-05 10:00Z', '{"active": true, "duration": 30}');
select results_eq(
  'select client, event_type_uri, name, is_active, deleted_at, details ->> $$duration$$
    from public.calendly_event_types',
  $$values ('Acme', 'thing/1', 'Introduction', true, null::timestamptz, '30')$$, 'created'
);
select tests.calendly('event_type.updated', '2026-03-06 10:00Z', '{"name": "Intro", "active": false}');
select results_eq('select name, is_active from public.calendly_event_types', $$values ('Intro', false)$$, 'updated');
select tests.calendly('event_type.deleted', '2026-03-08 10:00Z', '{"active": false}');
select is((select deleted_at from public.calendly_event_types), '2026-03-08 10:00Z', 'deleted');
select tests.calendly('event_type.updated', '2026-03-07 10:00Z', '{"name": "Late", "active": true}');
select results_eq(
  'select name, is_active, deleted_at from public.calendly_event_types',
  $$values ('Introduction', false, timestamptz '2026-03-08 10:00Z')$$,
  'an older event changes nothing'
);
select tests.calendly('event_type.updated', '2026-03-09 10:00Z');
select is((select deleted_at from public.calendly_event_types), null, 'a newer one brings it back');
select throws_ok(
  $$select tests.calendly('event_type.created', '2026-03-05 10:00Z', '{"uri": null}')$$, 'P0001', null, 'no uri'
);

select * from finish();
rollback;
