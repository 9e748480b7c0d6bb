begin;
select plan(12);

-- In one statement, the newest first, last or in the middle.
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values
  ('Acme', 'a@x.example', 'old', 'old', 'old', true, '2026-03-01Z'),
  ('Acme', 'A@x.example', 'new', null, null, false, '2026-03-03Z'),
  ('Acme', 'a@X.example', 'mid', 'mid', null, false, '2026-03-02Z');
select results_eq(
  'select first_name, job_title, lead_phone, status, last_event_at from crm_contacts',
  $$values ('new', 'mid', 'old', 'hot', '2026-03-03Z'::timestamptz)$$,
  'the newest says most, the others fill its gaps'
);

-- The same in three statements, in two orders.
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values ('Bolt', 'a@x.example', 'old', 'old', 'old', true, '2026-03-01Z');
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values ('Bolt', 'A@x.example', 'new', null, null, false, '2026-03-03Z');
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values ('Bolt', 'a@X.example', 'mid', 'mid', null, false, '2026-03-02Z');
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values ('Cobo', 'a@X.example', 'mid', 'mid', null, false, '2026-03-02Z');
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values ('Cobo', 'A@x.example', 'new', null, null, false, '2026-03-03Z');
insert into engaged_leads (client, email, first_name, job_title, lead_phone, closed, last_event_at)
values ('Cobo', 'a@x.example', 'old', 'old', 'old', true, '2026-03-01Z');
select is(
  (select (first_name, lead_phone, status, last_event_at) from crm_contacts where client = 'Bolt'),
  (select (first_name, lead_phone, status, last_event_at) from crm_contacts where client = 'Acme'),
  'oldest first makes the same'
);
select is(
  (select (first_name, job_title, lead_phone, status, last_event_at) from crm_contacts where client = 'Cobo'),
  (select (first_name, job_title, lead_phone, status, last_event_at) from crm_contacts where client = 'Acme'),
  'oldest last makes the same'
);

-- An update of an older lead.
update engaged_leads set first_name = 'later', lead_phone = 'later' where client = 'Acme' and email = 'a@x.example';
select results_eq(
  $$select first_name, lead_phone from crm_contacts where client = 'Acme'$$, $$values ('new', 'old')$$,
  'a change without newer news says nothing new'
);
update engaged_leads
set first_name = 'latest', last_event_at = '2026-03-04Z'
where client = 'Acme' and email = 'a@x.example';
select is((select first_name from crm_contacts where client = 'Acme'), 'latest', 'with newer news it does');

-- All three change in one statement.
update engaged_leads
set job_title = 'title of ' || email, context = case email when 'a@X.example' then 'only here' end,
    last_event_at = case email when 'A@x.example' then '2026-03-09Z'::timestamptz else '2026-03-08Z' end
where client = 'Acme';
select results_eq(
  $$select job_title, context from crm_contacts where client = 'Acme'$$,
  $$values ('title of A@x.example', 'only here')$$,
  'the newest of one update wins, and the others are heard'
);
select is(
  (select synced_revision from crm_contacts where client = 'Cobo'), 3::bigint,
  'every statement that tells something is a write'
);

-- A flag that arrives late with an old date counts: the lead's newest event is what it is.
insert into engaged_leads (client, email, engaged, last_event_at) values ('Acme', 'b@x.example', true, '2026-03-05Z');
update engaged_leads set qualified = true, qualified_at = '2026-03-01Z' where email = 'b@x.example';
select is(
  (select status from crm_contacts where email = 'b@x.example'), 'in-contract', 'late news of the same lead counts'
);

-- No date at all.
insert into engaged_leads (client, email, first_name, last_event_at, created_at)
values ('Acme', 'c@x.example', 'Cat', null, null), ('Acme', 'C@x.example', 'Kat', '2026-01-01Z', null);
select is(
  (select first_name from crm_contacts where email = 'C@x.example'), 'Kat', 'a lead without a date is older than any'
);
update engaged_leads set job_title = 'CTO' where email = 'c@x.example';
select is((select job_title from crm_contacts where email = 'C@x.example'), 'CTO', 'and still fills gaps');

-- A hundred leads of one address.
insert into engaged_leads (client, email, first_name, epv, last_event_at)
select 'Acme', 'd@x.example', 'D' || n, nullif(n % 7, 0), '2026-03-01Z'::timestamptz + n * interval '1 hour'
from generate_series(1, 105) as n
order by n % 10, n;
select is(
  (select first_name from crm_contacts where email = 'd@x.example'), 'D105', 'of a hundred leads the newest wins'
);
select is((select epv from crm_contacts where email = 'd@x.example'), 6::numeric, 'and the next newest fills its gap');

select * from finish();
rollback;
