begin;
select plan(20);

-- Leads.
insert into engaged_leads (client, email, deleted_at) values ('Acme', 'a@x.example', now());
select is((select count(*) from crm_contacts), 0::bigint, 'a lead that is deleted makes no contact');
update engaged_leads set job_title = 'CTO';
select is((select count(*) from crm_contacts), 0::bigint, 'nor does its change');
update engaged_leads set deleted_at = null;
select is((select job_title from crm_contacts), 'CTO', 'restored, it does, with everything');

update engaged_leads set deleted_at = now(), first_name = 'Ada';
select is((select first_name from crm_contacts), null, 'what is changed while it is deleted does not travel');
select is((select deleted_at from crm_contacts), null, 'its contact stays');
update engaged_leads set email = 'b@x.example';
select is((select email from crm_contacts), 'a@x.example', 'and keeps its address');
update engaged_leads set email = 'a@x.example', deleted_at = null;
select is((select first_name from crm_contacts), 'Ada', 'until it is restored');

-- Contacts.
update crm_contacts set deleted_at = now();
create temp table before as select to_jsonb(c) as content from crm_contacts c;
update engaged_leads set job_title = 'CEO', last_event_at = now() + interval '1 day';
insert into engaged_leads (client, email, first_name) values ('Acme', 'A@x.example', 'Another');
insert into engaged_leads (client, email, first_name)
values ('Acme', 'a@X.example', 'Another'), ('Acme', 'c@x.example', 'Cat'), ('Bolt', 'a@x.example', 'Bob');
select is(
  (select to_jsonb(c) from crm_contacts c where client = 'Acme' and lower(email) = 'a@x.example'),
  (select content from before), 'a contact that is deleted is neither changed nor doubled'
);
select is((select count(*) from crm_contacts where deleted_at is null), 2::bigint, 'which stops nobody else');

insert into crm_contacts (client, email, phone) values ('Acme', 'a@x.example', '+1');
update engaged_leads set job_title = 'COO', last_event_at = now() + interval '2 days' where email = 'a@x.example';
select results_eq(
  $$
    select phone, job_title, first_name
    from crm_contacts
    where client = 'Acme' and lower(email) = 'a@x.example' and deleted_at is null
  $$,
  $$values ('+1', 'COO', 'Ada')$$,
  'a live one beside it is the one that counts'
);
insert into engaged_leads (client, email, context) values ('Acme', 'A@X.example', 'here');
select is(
  (select context from crm_contacts where phone = '+1'), 'here', 'for new leads as well'
);
update engaged_leads set email = 'd@x.example' where email = 'a@x.example' and client = 'Acme';
select is((select email from crm_contacts where phone = '+1'), 'd@x.example', 'and when the address changes');
select is(
  (select email from crm_contacts where deleted_at is not null), (select content ->> 'email' from before),
  'which leaves the deleted one where it is'
);

-- A contact that comes back.
insert into engaged_leads (client, email, job_title, assignee) values ('Acme', 'e@x.example', 'CTO', 'kim');
update crm_contacts set assignee = 'lee' where email = 'e@x.example';
update crm_contacts set deleted_at = now() where email = 'e@x.example';
update engaged_leads set job_title = 'CEO', last_event_at = now() + interval '1 day' where email = 'e@x.example';
select is((select job_title from crm_contacts where email = 'e@x.example'), 'CTO', 'while it is gone nothing travels');
update crm_contacts set deleted_at = null where email = 'e@x.example';
select is((select job_title from crm_contacts where email = 'e@x.example'), 'CEO', 'restored, it catches up');
select is((select assignee from crm_contacts where email = 'e@x.example'), 'lee', 'and keeps what a person set');

-- To come back is no news of the status.
select tests.set_clock('2026-03-02 12:00Z');
insert into engaged_leads (client, email, last_event_at) values ('Acme', 'f@x.example', '2026-03-01Z');
update crm_contacts set status = 'customer', stage = 'won' where email = 'f@x.example';
update engaged_leads set job_title = 'CTO', stage = 'demo', last_event_at = '2026-03-01Z' where email = 'f@x.example';
update engaged_leads set job_title = 'CEO', last_event_at = '2026-03-03Z' where email = 'f@x.example';
create function pg_temp.work() returns text language sql as $$
  select concat_ws(' ', job_title, status, stage) from crm_contacts where email = 'f@x.example'
$$;
select is(pg_temp.work(), 'CEO customer won', 'a person said how far it is');
update crm_contacts set deleted_at = now() where email = 'f@x.example';
update crm_contacts set deleted_at = null where email = 'f@x.example';
select is(pg_temp.work(), 'CEO customer won', 'which stays when the contact is restored');
update engaged_leads set deleted_at = now() where email = 'f@x.example';
update engaged_leads set deleted_at = null, job_title = 'COO' where email = 'f@x.example';
select is(pg_temp.work(), 'COO customer won', 'and when the lead is');
update engaged_leads set lost = true, last_event_at = '2026-03-04Z' where email = 'f@x.example';
select is(pg_temp.work(), 'COO inactive won', 'until there is news');

select * from finish();
rollback;
