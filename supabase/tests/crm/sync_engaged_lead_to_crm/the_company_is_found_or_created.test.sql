begin;
select plan(18);

insert into "Clients" ("Business") values ('Acme'), ('Bolt');
create function pg_temp.company_of(p_email text) returns text language sql as $$
  select m.company_domain
  from crm_contacts c
  join master_companies_db m on m.id = c.company_id
  where c.email = p_email
$$;
create function pg_temp.states() returns table (client text, domain text, first timestamptz, last timestamptz)
language sql as $$
  select t.business, m.company_domain, s.first_seen_at, s.last_seen_at
  from client_company_state s
  join integrations.tenants t on t.client_id = s.client_id
  join master_companies_db m on m.id = s.company_id
$$;

insert into master_companies_db (company_domain, company_name) values ('known.example', 'Known');
insert into engaged_leads (client, email, company, company_domain, company_website, last_event_at)
values
  ('Acme', 'a@x.example', 'New Inc', 'https://www.New.example/', null, '2026-03-01 10:00Z'),
  ('Acme', 'b@x.example', 'New', 'NEW.example', 'other.example', '2026-03-01 12:00Z'),
  ('Acme', 'c@x.example', 'Known Inc', null, 'http://known.example/about', '2026-03-02Z'),
  ('Acme', 'd@x.example', 'Site', 'unknown', 'site.example', '2026-03-03Z'),
  ('Acme', 'e@x.example', 'No domain', 'not a domain', null, '2026-03-03Z'),
  ('Acme', 'f@gmail.example', 'Mail only', null, null, '2026-03-03Z'),
  ('Bolt', 'g@x.example', 'Known Ltd', 'known.example', null, '2026-03-04Z'),
  ('Nobody', 'h@x.example', 'Nobody''s', 'nobodys.example', null, '2026-03-05Z');
select results_eq(
  'select company_domain, company_name from master_companies_db order by 1',
  $$
    values ('known.example', 'Known'), ('new.example', 'New'), ('nobodys.example', 'Nobody''s'),
    ('site.example', 'Site')
  $$,
  'a company is made of a domain that is new'
);
select is(pg_temp.company_of('a@x.example'), 'new.example', 'the domain names it');
select is(pg_temp.company_of('b@x.example'), 'new.example', 'in any spelling, before the website');
select is(pg_temp.company_of('c@x.example'), 'known.example', 'the website names it where there is no domain');
select is(pg_temp.company_of('d@x.example'), 'site.example', 'or where that is none');
select is(pg_temp.company_of('e@x.example'), null, 'words name none');
select is(pg_temp.company_of('f@gmail.example'), null, 'nor does the address');
select is(pg_temp.company_of('h@x.example'), 'nobodys.example', 'a client that is not known has companies');
select results_eq(
  'select * from pg_temp.states() order by client, domain',
  $$
    values
      ('Acme', 'known.example', '2026-03-02Z'::timestamptz, '2026-03-02Z'::timestamptz),
      ('Acme', 'new.example', '2026-03-01 10:00Z', '2026-03-01 12:00Z'),
      ('Acme', 'site.example', '2026-03-03Z', '2026-03-03Z'),
      ('Bolt', 'known.example', '2026-03-04Z', '2026-03-04Z')
  $$,
  'but only a known one is linked, with the time it saw the company'
);

update engaged_leads set job_title = 'CTO', last_event_at = '2026-03-09Z' where email = 'a@x.example';
select is(
  (select last from pg_temp.states() where domain = 'new.example'), '2026-03-09Z',
  'every event of a lead sees its company'
);
update engaged_leads set company_domain = 'moved.example', last_event_at = '2026-03-10Z' where email = 'a@x.example';
select is(pg_temp.company_of('a@x.example'), 'moved.example', 'another domain is another company');
select isnt_empty(
  $$select * from pg_temp.states() where client = 'Acme' and domain = 'new.example'$$, 'the old one stays linked'
);
update engaged_leads set company_domain = null where email = 'a@x.example';
select is(pg_temp.company_of('a@x.example'), 'moved.example', 'a domain that is taken away takes nothing away');

update crm_contacts set company_id = (select id from master_companies_db where company_domain = 'known.example')
where email = 'b@x.example';
update engaged_leads set company_domain = 'wrong.example' where email = 'b@x.example';
select is(pg_temp.company_of('b@x.example'), 'known.example', 'what a person chose is not set back');

insert into engaged_leads (client, email, company_domain, deleted_at)
values ('Acme', 'i@x.example', 'gone.example', now());
select is_empty(
  $$select * from master_companies_db where company_domain = 'gone.example'$$, 'a deleted lead makes no company'
);

insert into engaged_leads (client, email, company_domain, last_event_at)
values ('Acme', 'j@x.example', 'new.example', '2026-02-01Z');
select results_eq(
  $$select first, last from pg_temp.states() where client = 'Acme' and domain = 'new.example'$$,
  $$values ('2026-02-01Z'::timestamptz, '2026-03-09Z'::timestamptz)$$, 'an older event that comes late saw it first'
);
insert into engaged_leads (client, email, company_domain, last_event_at)
values ('Bolt', 'k@x.example', 'two.example', '2026-03-02Z'), ('Bolt', 'l@x.example', 'two.example', '2026-03-01Z');
select results_eq(
  $$select first, last from pg_temp.states() where domain = 'two.example'$$,
  $$values ('2026-03-01Z'::timestamptz, '2026-03-02Z'::timestamptz)$$, 'also of one statement'
);
insert into engaged_leads (client, email, company_domain, last_event_at, created_at)
values ('Bolt', 'm@x.example', 'two.example', null, null);
update engaged_leads set job_title = 'CTO' where email = 'm@x.example';
select is(
  (select first from pg_temp.states() where domain = 'two.example'), '2026-03-01Z', 'a lead without a time tells none'
);

select * from finish();
rollback;
