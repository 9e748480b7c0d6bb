begin;
select plan(2);

insert into public."Clients" ("Business") select 'Client ' || n from generate_series(1, 200) as n;
insert into public.crm_contacts (client, email)
select 'Client ' || n, format('p%s@c%s.test', m, n) from generate_series(1, 200) as n, generate_series(1, 20) as m;
create temp table person as select tests.create_user('member', 'Client 101') as id;
insert into integrations.memberships (user_id, client, role)
select p.id, 'Client ' || n, 'member' from person p, generate_series(102, 200) as n;
select tests.authenticate_as(p.id) from person p;

create function pg_temp.rows_read()
returns bigint
language sql
as $$
  select coalesce(sum(pg_stat_get_xact_tuples_returned(c.oid)), 0)::bigint
  from pg_class c
  where c.oid = 'public.crm_contacts'::regclass
    or c.oid in (select i.indexrelid from pg_index i where i.indrelid = 'public.crm_contacts'::regclass)
$$;
create temp table before as select pg_temp.rows_read() as n;
select is((select count(*) from (select * from public.crm_contacts limit 1) as one), 1::bigint, 'a row of theirs');
select is((pg_temp.rows_read() - (select n from before)) < 200, true, 'read is less than what ten clients have');

select * from finish();
rollback;
