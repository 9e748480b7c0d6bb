begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.inbox_sets (id, name, client)
values ('00000000-0000-4000-8000-000000000001', 'A', 'Acme'), ('00000000-0000-4000-8000-000000000002', 'B', 'Acme');
create function pg_temp.figures() returns text language sql as $$
  select string_agg(format('%s %s %s %s', name, connected_count, avg_warmup_reputation, avg_deliverability_score), '; ' order by name)
  from public.inbox_sets
$$;
insert into public.inboxes (client, bison_inbox_id, name, email, inbox_set_id, warmup_reputation, deliverability_score)
select 'Acme', n, 'N', n || '@acme.test', '00000000-0000-4000-8000-000000000001', n * 10, case when n < 3 then 90 + n end
from generate_series(1, 4) as n;
select is(pg_temp.figures(), 'A 4 25.00 91.50; B 0  ', 'many at once; what is not known is left out');
update public.inboxes set inbox_set_id = '00000000-0000-4000-8000-000000000002' where bison_inbox_id > 2;
select is(pg_temp.figures(), 'A 2 15.00 91.50; B 2 35.00 ', 'a move changes both');
update public.inboxes set status = 'Disconnected' where bison_inbox_id in (1, 3);
select is(pg_temp.figures(), 'A 1 15.00 91.50; B 1 35.00 ', 'the connected ones');
update public.inboxes set removed_at = now() where bison_inbox_id = 1;
select is(pg_temp.figures(), 'A 1 20.00 92.00; B 1 35.00 ', 'a removed one is out');
delete from public.inboxes where bison_inbox_id = 4;
select is(pg_temp.figures(), 'A 1 20.00 92.00; B 0 30.00 ', 'a deleted one, too');
create temp table before as select id, ctid::text as version from public.inbox_sets;
update public.inboxes set emails_sent_count = 5;
select set_eq('select id, ctid::text as version from public.inbox_sets', 'select * from before', 'other columns touch no set');
select throws_ok(
  $$insert into public.inboxes (client, bison_inbox_id, name, email, inbox_set_id)
    values ('Birch', 9, 'N', 'n@birch.test', '00000000-0000-4000-8000-000000000001')$$,
  '23503', null, 'a set has inboxes of its own client'
);
update public."Clients" set "Business" = 'Acorn' where "Business" = 'Acme';
select is(
  (select count(*) from public.inboxes i join public.inbox_sets s on s.id = i.inbox_set_id and s.client = i.client where s.client = 'Acorn'),
  3::bigint, 'a rename takes both along'
);
delete from public.inbox_sets where name = 'A';
select is((select count(*) from public.inboxes where inbox_set_id is null and client = 'Acorn'), 2::bigint, 'inboxes outlive their set');

select * from finish();
rollback;
