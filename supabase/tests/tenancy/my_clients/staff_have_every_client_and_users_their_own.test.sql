begin;
select plan(12);

insert into public."Clients" ("Business") values ('Acme'), ('Other');
create temp table rights as
select r.role, r.client, w.wanted, tests.create_user(r.role, r.client) as id
from (values ('admin', null), ('manager', null), ('viewer', null), ('member', 'Acme'), ('viewer', 'Acme')) r (role,
  client)
cross join (values ('read'), ('member'), ('staff'), ('admin')) w (wanted);
grant select on rights to authenticated;

create function pg_temp.clients_of(p_role text, p_client text, p_wanted text) returns text language plpgsql as $$
declare
  v_answer text;
begin
  perform tests.authenticate_as(
    (select id from rights where role = p_role and client is not distinct from p_client and wanted = p_wanted)
  );
  v_answer := (
    select string_agg(c, ', ' order by c)
    from private.my_clients(p_wanted) c
    where c in ('Acme', 'Other')
  );
  perform tests.clear();
  return v_answer;
end
$$;

select is(pg_temp.clients_of('admin', null, 'read'), 'Acme, Other', 'an admin reads all');
select is(pg_temp.clients_of('admin', null, 'admin'), 'Acme, Other', 'and administers all');
select is(pg_temp.clients_of('manager', null, 'staff'), 'Acme, Other', 'a manager writes all');
select is(pg_temp.clients_of('manager', null, 'member'), 'Acme, Other', 'CRM rows too');
select is(pg_temp.clients_of('manager', null, 'admin'), null, 'but administers nothing');
select is(pg_temp.clients_of('viewer', null, 'read'), 'Acme, Other', 'an agency viewer reads all');
select is(pg_temp.clients_of('viewer', null, 'member'), null, 'and writes nothing');
select is(pg_temp.clients_of('member', 'Acme', 'read'), 'Acme', 'a member reads the own client');
select is(pg_temp.clients_of('member', 'Acme', 'member'), 'Acme', 'and writes its CRM rows');
select is(pg_temp.clients_of('member', 'Acme', 'staff'), null, 'but nothing else');
select is(pg_temp.clients_of('viewer', 'Acme', 'read'), 'Acme', 'a viewer reads the own client');
select is(pg_temp.clients_of('viewer', 'Acme', 'member'), null, 'and writes nothing');

select * from finish();
rollback;
