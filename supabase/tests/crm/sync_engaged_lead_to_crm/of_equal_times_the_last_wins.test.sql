-- An import gives all its leads one time. Rows of one address then count in the order in which they were written, as if
-- each had come in a statement of its own.
begin;
select plan(4);

create function pg_temp.load(p_client text, p_filler integer) returns void language sql as $$
  insert into engaged_leads (client, email, first_name, job_title, context)
  select p_client, 'p' || n % 20 || '@x.example', 'First ' || n, 'Title ' || n, case when n < 20 then 'only here' end
  from generate_series(0, 79) as n
  union all
  select p_client, 'filler' || n || '@x.example', 'F', null, null from generate_series(1, p_filler) as n
$$;
create function pg_temp.titles(p_client text) returns bigint language sql as $$
  select count(*)
  from crm_contacts
  where client = p_client and email like 'p%'
    and job_title = 'Title ' || 60 + substring(email from '\d+')::integer
    and first_name = 'First ' || 60 + substring(email from '\d+')::integer
    and context = 'only here'
$$;

select pg_temp.load('Acme', 0);
select is(pg_temp.titles('Acme'), 20::bigint, 'in a small batch');
select pg_temp.load('Bolt', 1000);
select is(pg_temp.titles('Bolt'), 20::bigint, 'in a big one');

-- Contacts that are there.
insert into crm_contacts (client, email) select 'Cobo', 'p' || n || '@x.example' from generate_series(0, 9) as n;
select pg_temp.load('Cobo', 1000);
select is(pg_temp.titles('Cobo'), 20::bigint, 'and in one that meets contacts');
select is(
  (select count(*) from crm_contacts where synced_revision = 1 and email like 'filler%'), 2000::bigint,
  'who is alone is written once'
);

select * from finish();
rollback;
