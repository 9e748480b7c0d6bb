begin;
select plan(24);

create function pg_temp.id_of(p_email text) returns uuid language sql as $$
  select id from crm_contacts where email = p_email and deleted_at is null
$$;
create temp table was (name text primary key, id uuid);

insert into engaged_leads (client, email, first_name, job_title)
select 'Acme', letter || '@x.example', upper(letter), 'CTO'
from unnest(string_to_array('a b c d e f g h i', ' ')) as letter;
insert into was select left(email, 1), id from crm_contacts;

update engaged_leads set email = 'a2@x.example' where email = 'a@x.example';
select is(pg_temp.id_of('a2@x.example'), (select id from was where name = 'a'), 'the contact has the new address');
select is(pg_temp.id_of('a@x.example'), null, 'and the old one is gone');
update engaged_leads set email = 'A2@X.example' where email = 'a2@x.example';
select is(pg_temp.id_of('A2@X.example'), (select id from was where name = 'a'), 'a change of case only is followed');
update engaged_leads set email = 'a3@x.example', job_title = 'CEO', last_event_at = now() + interval '1 day'
where email = 'A2@X.example';
select results_eq(
  $$select id, job_title, first_name from crm_contacts where email = 'a3@x.example'$$,
  $$select id, 'CEO', 'A' from was where name = 'a'$$,
  'other changes of the statement travel along'
);

-- Two people swap, three go round.
update engaged_leads
set email = case email when 'b@x.example' then 'c@x.example' else 'b@x.example' end
where email in ('b@x.example', 'c@x.example');
select is(pg_temp.id_of('c@x.example'), (select id from was where name = 'b'), 'one half of a swap');
select is(pg_temp.id_of('b@x.example'), (select id from was where name = 'c'), 'the other half');
update engaged_leads
set email = translate(left(email, 1), 'def', 'efd') || '@x.example'
where email in ('d@x.example', 'e@x.example', 'f@x.example');
select results_eq(
  $$
    select left(c.email, 1), w.name
    from crm_contacts c
    join was w using (id)
    where w.name in ('d', 'e', 'f')
    order by 1
  $$,
  $$values ('d', 'f'), ('e', 'd'), ('f', 'e')$$,
  'a ring of three'
);

-- The new address has a contact that stays.
insert into crm_contacts (client, email, phone) values ('Acme', 'taken@x.example', '+1');
insert into was select 'taken', id from crm_contacts where email = 'taken@x.example';
update engaged_leads set email = 'Taken@x.example' where email = 'g@x.example';
select results_eq(
  $$select id, phone, first_name from crm_contacts where email = 'taken@x.example'$$,
  $$select id, '+1', 'G' from was where name = 'taken'$$,
  'the lead adds to the contact that is there, and does so with everything it knows'
);
select is(pg_temp.id_of('g@x.example'), (select id from was where name = 'g'), 'its old contact stays');
insert into engaged_leads (client, email, lead_phone, last_event_at)
values ('Acme', 'typo@x.example', '+2', now() + interval '1 day'), (null, 'Taken@x.example', '+3', now());
update engaged_leads set email = 'taken@x.example' where email = 'typo@x.example';
select is(
  (select lead_phone from crm_contacts where email = 'taken@x.example'), '+2', 'also where another lead was there first'
);
update engaged_leads set client = 'Acme', lead_source = 'fair', last_event_at = now() + interval '2 days'
where client is null;
select is(
  (select lead_phone || lead_source from crm_contacts where email = 'taken@x.example'), '+3fair',
  'and where the lead had no client before'
);
-- h wants the address of i, who wants the one that is taken: nobody moves.
update engaged_leads
set email = case email when 'h@x.example' then 'i@x.example' else 'taken@x.example' end
where email in ('h@x.example', 'i@x.example');
select is(pg_temp.id_of('h@x.example'), (select id from was where name = 'h'), 'who is blocked blocks the next');
select is(pg_temp.id_of('i@x.example'), (select id from was where name = 'i'), 'and stays, too');
select is((select count(*) from crm_contacts), 11::bigint, 'no contact is lost or doubled');

-- Two leads of one contact.
insert into engaged_leads (client, email, first_name, last_event_at)
values ('Acme', 'm@x.example', 'old', '2026-03-01Z'), ('Acme', 'M@x.example', 'new', '2026-03-02Z');
insert into was select 'm', id from crm_contacts where email ilike 'm@x.example';
update engaged_leads set email = 'm2@x.example' where email = 'M@x.example';
update engaged_leads set email = 'm2@x.example' where email = 'm@x.example';
select results_eq(
  $$select id, first_name from crm_contacts where email ilike 'm%'$$, $$select id, 'new' from was where name = 'm'$$,
  'corrected one after the other they stay one contact'
);
update engaged_leads set email = case first_name when 'old' then 'm3@x.example' else 'm4@x.example' end
where email = 'm2@x.example';
select is(pg_temp.id_of('m4@x.example'), (select id from was where name = 'm'), 'parted, the newest takes the contact');
select is(
  (select first_name from crm_contacts where email = 'm3@x.example'), 'old', 'and the other gets one of its own'
);
update engaged_leads set email = 'm5@x.example' where email in ('m3@x.example', 'm4@x.example');
select is(
  pg_temp.id_of('m5@x.example'), (select id from was where name = 'm'),
  'two contacts cannot take one address: the newest does'
);

-- Nobody's contact.
insert into engaged_leads (client, email, first_name) values ('Acme', 'n@x.example', 'Nan');
delete from crm_contacts where email = 'n@x.example';
update engaged_leads set email = 'n2@x.example' where email = 'n@x.example';
select is(
  (select first_name from crm_contacts where email = 'n2@x.example'), 'Nan',
  'a lead whose contact is gone for good gets a new one, with everything'
);

-- Deleted contacts.
insert into engaged_leads (client, email) values ('Acme', 'p@x.example'), ('Acme', 'q@x.example');
update crm_contacts set deleted_at = now() where email = 'p@x.example';
update engaged_leads set email = 'p2@x.example' where email = 'p@x.example';
update engaged_leads set job_title = 'CEO' where email = 'p2@x.example';
select is(
  (select count(*) from crm_contacts where email ~ '^p2?@' and deleted_at is null), 0::bigint,
  'a deleted contact does not come back under another address'
);
update engaged_leads set email = 'P2@x.example' where email = 'q@x.example';
select isnt(pg_temp.id_of('P2@x.example'), null, 'a live contact may take the address of a deleted one');

select is(
  (select count(*) from crm_contacts where person_set <> '{}' and email <> 'taken@x.example'), 0::bigint,
  'none of this is a person''s change'
);
select is(
  (select count(*) from crm_contacts where email is null), 0::bigint, 'and nobody is left without an address'
);
select is((select count(*) from private.engaged_lead_changes), 0::bigint, 'no note of a change is left behind');

select * from finish();
rollback;
