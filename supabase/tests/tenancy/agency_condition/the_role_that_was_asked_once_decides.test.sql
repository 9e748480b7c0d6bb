-- What the API found out once (millrace.agency_role) says as much as asking anew.
begin;
select plan(11);

insert into public."Clients" ("Business") values ('Acme');
create temp table person as
select tests.create_user('admin') as admin, tests.create_user('manager') as manager, tests.create_user('viewer') as viewer,
  tests.create_user('member', 'Acme') as member;
grant select on person to authenticated;
create table public.readable (n integer);
create table public.staffed (n integer);
create table public.guarded (n integer);
select private.apply_policies('public.readable', private.agency_condition('read'), null);
select private.apply_policies('public.staffed', private.agency_condition('staff'), null);
select private.apply_policies('public.guarded', private.agency_condition('admin'), null);
insert into public.readable values (1);
insert into public.staffed values (1);
insert into public.guarded values (1);
create function pg_temp.seen(p_user uuid, p_ask_once boolean) returns text language plpgsql as $$
begin
  perform tests.authenticate_as(p_user);
  perform set_config('millrace.agency_role', '', true), set_config('millrace.clients', '', true);
  if p_ask_once then
    perform set_config('millrace.agency_role', coalesce(c.agency_role, 'none'), true),
      set_config('millrace.clients', c.clients::text, true)
    from private.api_caller() c;
  end if;
  return concat_ws(
    ' ', (select 'reads' from public.readable), (select 'staff' from public.staffed),
    (select 'admin' from public.guarded)
  );
end
$$;
grant execute on function pg_temp.seen(uuid, boolean) to authenticated;

select is(pg_temp.seen((select admin from person), false), 'reads staff admin', 'an admin, asked anew');
select is(pg_temp.seen((select admin from person), true), 'reads staff admin', 'and once');
select is(pg_temp.seen((select manager from person), false), 'reads staff', 'a manager, asked anew');
select is(pg_temp.seen((select manager from person), true), 'reads staff', 'and once');
select is(pg_temp.seen((select viewer from person), false), 'reads', 'a viewer, asked anew');
select is(pg_temp.seen((select viewer from person), true), 'reads', 'and once');
select is(pg_temp.seen((select member from person), false), '', 'a client''s user, asked anew');
select is(pg_temp.seen((select member from person), true), '', 'and once');
select set_config('millrace.agency_role', 'owner', true);
select is((select count(*) from public.readable), 0::bigint, 'a word that is no role lets nobody in');
select set_config('millrace.agency_role', '', true), set_config('millrace.clients', '{}', true);
select is((select count(*) from public."Clients"), 0::bigint, 'no clients is an answer');
select set_config('millrace.clients', '', true);
select is((select count(*) from public."Clients"), 1::bigint, 'no answer is none');

select * from finish();
rollback;
