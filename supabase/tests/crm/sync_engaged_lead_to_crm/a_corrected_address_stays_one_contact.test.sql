begin;
select plan(22);

insert into "Clients" ("Business") values ('Acme'), ('Bolt');
insert into engaged_leads (client, email, first_name, last_event_at)
values ('Acme', 'ada@old.example', 'Ada', '2026-03-01Z'), ('Bolt', 'ada@old.example', 'Ada', '2026-03-01Z');
create temp table ada as select id from crm_contacts where client = 'Acme';

select tests.authenticate_as(tests.create_user('member', 'Acme'));
update crm_contacts set email = 'Ada@New.example';
select tests.clear();

update engaged_leads set job_title = 'CTO', last_event_at = '2026-03-02Z' where client = 'Acme';
select results_eq(
  $$select id, email, job_title from crm_contacts where client = 'Acme'$$,
  $$select id, 'Ada@New.example', 'CTO' from ada$$,
  'the lead still writes from the old address, and means the same contact, whose address stays'
);
insert into engaged_leads (client, email, context, last_event_at)
values ('Acme', 'ADA@old.example', 'asked for prices', '2026-03-03Z');
select results_eq(
  $$select id, context from crm_contacts where client = 'Acme'$$, $$select id, 'asked for prices' from ada$$,
  'so does a new lead of it, in any case'
);
insert into engaged_leads (client, email, assignee, last_event_at)
values ('Acme', 'ada@new.example', 'kim', '2026-03-04Z'), ('Acme', 'bob@x.example', 'lee', '2026-03-04Z');
select is((select assignee from crm_contacts where id = (select id from ada)), 'kim', 'and one of the new address');
select is((select count(*) from crm_contacts where client = 'Acme'), 2::bigint, 'nobody is there twice');

update engaged_leads set job_title = 'CEO', last_event_at = '2026-03-05Z' where client = 'Bolt';
select results_eq(
  $$select email, job_title from crm_contacts where client = 'Bolt'$$, $$values ('ada@old.example', 'CEO')$$,
  'another client''s contact has nothing to do with it'
);

insert into engaged_leads (client, email, first_name, last_event_at)
select 'Acme', e, 'Many', '2026-03-06Z'
from (select 'p' || n || '@x.example' from generate_series(1, 1200) as n union all select 'ada@old.example') as b (e);
select is(
  (select count(*) from crm_contacts where client = 'Acme' and email = 'ada@old.example'), 0::bigint,
  'nor does a big import make it anew'
);
select is((select first_name from crm_contacts where id = (select id from ada)), 'Many', 'what it says arrives');
select is((select count(*) from crm_contacts where client = 'Acme'), 1202::bigint, 'with everybody else');

update crm_contacts set deleted_at = now() where id = (select id from ada);
update engaged_leads set context = 'wrote again', last_event_at = '2026-03-07Z'
where client = 'Acme' and email = 'ada@old.example';
insert into engaged_leads (client, email, last_event_at) values ('Acme', 'ada@old.example', '2026-03-08Z');
select is(
  (select count(*) from crm_contacts where client = 'Acme' and deleted_at is null), 1201::bigint,
  'a contact that is deleted stays so'
);
update crm_contacts set deleted_at = null where id = (select id from ada);
select is(
  (select context from crm_contacts where id = (select id from ada)), 'wrote again', 'and catches up when it is restored'
);

insert into crm_contacts (client, email) values ('Acme', 'ada@old.example');
update engaged_leads set notes = 'second', last_event_at = '2026-03-09Z'
where client = 'Acme' and email = 'ada@old.example';
select results_eq(
  $$select email from crm_contacts where client = 'Acme' and notes = 'second'$$, $$values ('ada@old.example')$$,
  'a live contact of that very address comes first'
);

delete from crm_contacts where email = 'ada@old.example' and client = 'Acme';
update crm_contacts set email = 'ada@third.example' where id = (select id from ada);
update engaged_leads set notes = 'third', last_event_at = '2026-03-10Z'
where client = 'Acme' and lower(email) = 'ada@new.example';
select is(
  (select notes from crm_contacts where id = (select id from ada)), 'third', 'every address that it had counts'
);
update crm_contacts set email = 'ada@new.example' where id = (select id from ada);
select is(
  (select additional_emails from crm_contacts where id = (select id from ada)),
  '{ada@old.example,ada@third.example}', 'what it is called now is not among them'
);

update engaged_leads set email = 'moved@x.example' where email = 'bob@x.example';
select is(
  (select additional_emails from crm_contacts where email = 'moved@x.example'), null,
  'an address that a lead changed is no correction'
);
update crm_contacts set additional_emails = '{ Zoe@X.example,moved@x.example,""}' where email = 'moved@x.example';
insert into engaged_leads (client, email, notes, last_event_at) values ('Acme', 'zoe@x.example', 'z', '2026-03-11Z');
select results_eq(
  $$select additional_emails, notes from crm_contacts where email = 'moved@x.example'$$,
  $$values ('{zoe@x.example}'::text[], 'z')$$, 'a person may add one'
);
insert into engaged_leads (client, email, notes, last_event_at)
values ('Acme', 'Zoe@x.example', 'of two', '2026-03-12Z'), ('Acme', 'new@x.example', null, '2026-03-12Z');
select results_eq(
  $$select email, notes from crm_contacts where client = 'Acme' and last_event_at = '2026-03-12Z' order by email$$,
  $$values ('moved@x.example', 'of two'), ('new@x.example', null)$$, 'one of several leads finds it as well'
);

-- The lead is corrected as well: first to the contact's own address, then to one that nobody has.
select tests.set_clock('2026-04-02 12:00Z');
insert into engaged_leads (client, email, first_name, last_event_at) values ('Acme', 'eve@old.example', 'Eve', '2026-04-01Z');
create temp table eve as select id from crm_contacts where email = 'eve@old.example';
update crm_contacts set email = 'eve@new.example', status = 'customer' where id = (select id from eve);
update engaged_leads set job_title = 'CTO', last_event_at = '2026-04-03Z' where email = 'eve@old.example';
update engaged_leads set email = 'Eve@new.example' where email = 'eve@old.example';
select results_eq(
  $$select id, email, status, job_title from crm_contacts where first_name = 'Eve'$$,
  $$select id, 'eve@new.example', 'customer', 'CTO' from eve$$, 'a lead that is corrected, too, tells nothing new by that'
);

insert into engaged_leads (client, email, first_name, last_event_at)
values ('Acme', 'fay@old.example', 'Fay', '2026-04-01Z'), ('Acme', 'FAY@old.example', 'Fay', '2026-04-01Z'),
       ('Acme', 'gil@old.example', 'Gil', '2026-04-01Z');
create temp table fay as select id from crm_contacts where lower(email) = 'fay@old.example';
update crm_contacts set email = replace(lower(email), 'old', 'new') where first_name in ('Fay', 'Gil');
update engaged_leads set email = 'Fay@third.example', company = 'Bolt', last_event_at = '2026-04-04Z'
where email = 'fay@old.example';
select results_eq(
  $$select id, email, additional_emails, company_name from crm_contacts where first_name = 'Fay'$$,
  $$select id, 'fay@new.example', '{fay@old.example,fay@third.example}'::text[], 'Bolt' from fay$$,
  'an address that a lead has instead of one of these is one of these'
);
update engaged_leads set email = 'fay@fourth.example' where email in ('Fay@third.example', 'FAY@old.example');
select results_eq(
  $$select id, email, cardinality(additional_emails) from crm_contacts where first_name = 'Fay'$$,
  $$select id, 'fay@new.example', 3 from fay$$, 'also of two leads at once'
);
update crm_contacts set deleted_at = now() where first_name in ('Fay', 'Gil');
update engaged_leads set email = first_name || '@fifth.example' where first_name in ('Fay', 'Gil');
select is(
  (select count(*) from crm_contacts where first_name in ('Fay', 'Gil') and deleted_at is null), 0::bigint,
  'nor does a deleted contact come back so'
);
update crm_contacts set deleted_at = null where first_name = 'Gil';
select is(
  (select additional_emails from crm_contacts where first_name = 'Gil'), '{gil@fifth.example,gil@old.example}',
  'which keeps the address for when it is restored'
);
update engaged_leads set client = 'Bolt', email = 'gil@sixth.example' where first_name = 'Gil';
select is(
  (select array_agg(client || ' ' || email order by client) from crm_contacts where first_name = 'Gil'),
  '{Acme gil@new.example,Bolt gil@sixth.example}', 'another client is told of another contact'
);

select * from finish();
rollback;
