begin;
select plan(2);

select tests.bison('LEAD_INTERESTED', '2026-03-02 10:00Z');
select tests.bison('LEAD_REPLIED', '2026-03-05 10:00Z', '{"reply": {"id": 3002}}');
select results_eq(
  'select replied, replied_at, last_contact, last_event_at, engaged_at from public.engaged_leads',
  $$values (true, timestamptz '2026-03-02 10:00Z', timestamptz '2026-03-05 10:00Z', timestamptz '2026-03-05 10:00Z',
    timestamptz '2026-03-02 10:00Z')$$, 'at the last reply'
);
select is((select count(*) from public.crm_contacts), 1::bigint, 'one contact');

select * from finish();
rollback;
