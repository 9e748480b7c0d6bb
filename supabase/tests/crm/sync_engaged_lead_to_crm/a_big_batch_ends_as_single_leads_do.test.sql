-- From a thousand leads on the insert goes another way; both must end the same, also among contacts that are there.
begin;
select plan(6);

insert into "Clients" ("Business") values ('Acme'), ('Bolt');
create temp table batch as
select
  client, 'p' || n || '@x.example' as email, 'First ' || n as first_name, 'T' || n % 7 as job_title,
  'https://www.company-' || n % 40 || '.example/' as company_domain, n % 3 = 0 as meeting_booked,
  '2026-03-01Z'::timestamptz + n * interval '1 minute' as last_event_at
from generate_series(1, 1100) as n
cross join unnest(array['Acme', 'Bolt']) as client;

create function pg_temp.load(p_client text, p_at_once boolean) returns void language plpgsql as $$
declare
  v_row batch;
begin
  -- Contacts of people, one that is deleted, a lead in another case.
  insert into crm_contacts (client, email, job_title)
  select p_client, 'P' || n || '@x.example', 'by a person' from generate_series(5, 500, 55) as n;
  insert into crm_contacts (client, email, deleted_at) values (p_client, 'p7@x.example', now());
  if p_at_once then
    insert into engaged_leads (client, email, first_name, job_title, company_domain, meeting_booked, last_event_at)
    select * from batch where client = p_client
    union all
    select client, upper(email), 'Again', null, company_domain, false, last_event_at + interval '1 day'
    from batch where client = p_client and email in ('p9@x.example', 'p900@x.example');
  else
    for v_row in select * from batch where client = p_client loop
      insert into engaged_leads (client, email, first_name, job_title, company_domain, meeting_booked, last_event_at)
      values (v_row.*);
    end loop;
    insert into engaged_leads (client, email, first_name, company_domain, last_event_at)
    select client, upper(email), 'Again', company_domain, last_event_at + interval '1 day'
    from batch where client = p_client and email in ('p9@x.example', 'p900@x.example');
  end if;
end;
$$;
create function pg_temp.contacts(p_client text) returns setof jsonb language sql as $$
  select to_jsonb(c) - '{id,client,email,created_at,updated_at,synced_revision}'::text[]
  from crm_contacts c
  where client = p_client
  order by lower(email), deleted_at
$$;

select pg_temp.load('Acme', true);
select pg_temp.load('Bolt', false);
select is(
  (select count(*) from crm_contacts where client = 'Acme'), 1100::bigint,
  'a contact for each address, the deleted one included'
);
select results_eq(
  $$select pg_temp.contacts('Acme')$$, $$select pg_temp.contacts('Bolt')$$, 'the contacts are the same'
);
select is(
  (select count(*) from client_company_state), 80::bigint, 'every company is linked to both'
);
select is((select count(*) from master_companies_db), 40::bigint, 'and there once');

-- All new: the short way itself.
delete from engaged_leads;
delete from crm_contacts;
insert into engaged_leads (client, email, first_name, job_title, company_domain, meeting_booked, last_event_at)
select * from batch where client = 'Acme';
select is(
  (select count(*) from crm_contacts where synced_revision = 1 and company_id is not null and created_at = now()),
  1100::bigint, 'a batch of new people is one insert'
);
update engaged_leads set job_title = 'changed ' || email;
select is(
  (select count(*) from crm_contacts where job_title = 'changed ' || email and synced_revision = 2), 1100::bigint,
  'and a change of all of them one more write each'
);

select * from finish();
rollback;
