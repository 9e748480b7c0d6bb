begin;
select plan(6);

select tests.bison('LEAD_INTERESTED', '2026-03-02 09:00Z');
update public.engaged_leads set deleted_at = '2026-03-05 09:00Z';
select tests.bison('LEAD_REPLIED', '2026-03-06 09:00Z', '{"reply": {"id": 3002}}');
select is((select count(*) from public.engaged_leads), 1::bigint, 'not with a reply');
select tests.bison('EMAIL_SENT', '2026-03-07 09:00Z', '{"campaign": {"id": 402}}');
select is((select count(*) from public.engaged_leads), 1::bigint, 'not with a mail of another campaign');
select tests.bison('LEAD_UNSUBSCRIBED', '2026-03-08 09:00Z');
select is((select count(*) from public.engaged_leads), 1::bigint, 'not with an unsubscribe');
select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z', '{"reply": {"id": 3003}}');
select is((select count(*) from public.engaged_leads), 1::bigint, 'not with an interest of before that arrives late');
select tests.bison('LEAD_INTERESTED', '2026-03-09 09:00Z', '{"reply": {"id": 3004}}');
select results_eq(
  'select deleted_at is null, unsubscribed from public.engaged_leads order by 1',
  'values (false, false), (true, false)',
  'with an interest shown since'
);
select tests.bison('LEAD_REPLIED', '2026-03-10 09:00Z', '{"reply": {"id": 3005}}');
select is(
  (select last_contact from public.engaged_leads where deleted_at is null), '2026-03-10 09:00Z',
  'which is the one that goes on'
);

select * from finish();
rollback;
