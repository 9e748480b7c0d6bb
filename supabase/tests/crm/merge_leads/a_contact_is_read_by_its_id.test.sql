begin;
select plan(2);

create function pg_temp.merge_all() returns void language sql as $$
  select private.merge_leads(array(
    select row(l.id, '{job_title}', null, null, c.id)::private.lead_fact
    from public.engaged_leads l
    join public.crm_contacts c on lower(c.email) = lower(l.email)
  ))
$$;
create function pg_temp.tuples_read() returns numeric language sql as $$
  select sum(pg_stat_get_xact_tuples_returned(i.indexrelid))
  from pg_index i
  where i.indrelid = 'public.crm_contacts'::regclass
$$;

insert into public."Clients" ("Business") values ('Acme');
insert into public.engaged_leads (client, email) values ('Acme', 'first@x.example');
-- The session's plan is made while the table has one row, and is kept.
select pg_temp.merge_all();
insert into public.engaged_leads (client, email)
select 'Acme', format('p%s@x.example', n) from generate_series(1, 400) as n;

create temporary table before as select pg_temp.tuples_read() as tuples;
select pg_temp.merge_all();

select is((select count(*) from public.crm_contacts), 401::bigint, 'each lead has its contact');
select cmp_ok(
  pg_temp.tuples_read() - (select b.tuples from before b), '<', 10 * 401::numeric,
  'and none is found by reading all of its client'
);

select * from finish();
rollback;
