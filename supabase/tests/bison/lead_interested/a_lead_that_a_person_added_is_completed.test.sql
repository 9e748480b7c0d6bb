begin;
select plan(2);

select tests.endpoint('bison');
insert into public.engaged_leads (client, email, first_name, engaged_at, company)
values ('Acme', 'CASEY@fabrikam.test', 'Cassandra', '2026-02-01 09:00Z', null);
select tests.calendly('invitee.created', '2026-03-01 09:00Z');
select results_eq(
  'select count(*) over (), email, first_name, engaged_at, meeting_booked from public.engaged_leads',
  $$values (1::bigint, 'CASEY@fabrikam.test', 'Cassandra', timestamptz '2026-02-01 09:00Z', true)$$,
  'a booking tells nothing of an interest by mail, and empties nothing'
);
select tests.bison('LEAD_INTERESTED', '2026-03-04 09:00Z');
select results_eq(
  'select first_name, last_name, company, engaged_at, bison_lead_id from public.engaged_leads',
  $$values ('Cassandra', 'Morgan', 'Fabrikam', timestamptz '2026-03-04 09:00Z', 5001::bigint)$$, 'gaps are filled'
);

select * from finish();
rollback;
