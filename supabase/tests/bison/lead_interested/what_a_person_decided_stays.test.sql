begin;
select plan(5);

select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z');
update public.engaged_leads set engaged = false, first_name = 'Cassandra', qualified = true, stage = 'demo',
  unsubscribed = true;
select tests.bison('LEAD_REPLIED', '2026-03-05 09:00Z', '{"reply": {"id": 3002}}');
select results_eq(
  'select engaged, first_name, qualified, stage, unsubscribed from public.engaged_leads',
  $$values (false, 'Cassandra', true, 'demo', true)$$, 'another reply changes none of it'
);
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-06 09:00Z');
select is((select unsubscribed from public.engaged_leads), true, 'unsubscribed');
update public.engaged_leads set unsubscribed = false;
select tests.bison('LEAD_REPLIED', '2026-03-07 09:00Z', '{"reply": {"id": 3003}}');
select is(
  (select unsubscribed from public.engaged_leads), false, 'a person took it back: the old unsubscribe does not return'
);
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-08 09:00Z');
select is((select unsubscribed from public.engaged_leads), true, 'a new one does');
select is((select first_name from public.engaged_leads), 'Cassandra', 'the name stays');

select * from finish();
rollback;
