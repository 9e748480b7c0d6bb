begin;
select plan(9);

create temp view compared as
select b.client, b.inboxes, b.connected, b.disconnected, b.keep, b.rotate, b.unchecked,
  c.inboxes as counted, c.connected as counted_connected, c.keep as counted_keep, c.rotate as counted_rotate,
  c.unchecked as counted_unchecked
from public.report_inbox_health() b
cross join lateral (
  select
    count(*) as inboxes, count(*) filter (where i.status = 'Connected') as connected,
    count(*) filter (where i.recommendation = 'keep') as keep,
    count(*) filter (where i.recommendation = 'rotate') as rotate,
    count(*) filter (where i.recommendation is null) as unchecked
  from public.inboxes i
  where i.client = b.client and i.removed_at is null
) as c;
create temp view wrong as
select * from compared
where (inboxes, connected, keep, rotate, unchecked, connected + disconnected)
  <> (counted, counted_connected, counted_keep, counted_rotate, counted_unchecked, inboxes);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.inboxes (bison_inbox_id, client, name, email, health_score, recommendation)
select n, (array['Acme', 'Birch'])[1 + n % 2], 'Robin', n || '@mail.test', 100 - n, case when n % 3 = 0 then 'rotate' else 'keep' end
from generate_series(1, 20) as n;
select is((select sum(inboxes) from compared), 20::numeric, 'all are there');
select is_empty('select * from wrong', 'added');
update public.inboxes set status = 'Disconnected' where bison_inbox_id < 5;
update public.inboxes set recommendation = null where bison_inbox_id = 7;
select is_empty('select * from wrong', 'changed');
update public.inboxes set removed_at = now() where bison_inbox_id = 8;
update public.inboxes set client = 'Birch' where bison_inbox_id in (10, 12);
delete from public.inboxes where bison_inbox_id = 11;
select is_empty('select * from wrong', 'removed, given away, deleted');
select is((select sum(inboxes) from compared), 18::numeric, 'two are gone');

update public."Clients" set "Business" = 'Zeta' where "Business" = 'Acme';
select is_empty('select * from wrong', 'a renamed client takes them along');

create temp table before_fold as select * from compared;
insert into private.tallied_inboxes (client, status, recommendation, inboxes)
select 'Zeta', 'connected', 'keep', case when n % 2 = 0 then 1 else -1 end from generate_series(1, 600) as n;
select ok(private.fold_tallies() > 600, 'many tallies are added up');
select results_eq('select * from compared', 'select * from before_fold', 'to the same figures');
select is(private.fold_tallies(), 0, 'few are left alone');

select * from finish();
rollback;
