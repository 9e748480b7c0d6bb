begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme'), ('Other');
create temp table people as
select 'member' as who, tests.create_user('member', 'Acme') as id
union all select 'staff', tests.create_user('admin')
union all select 'foreign', tests.create_user('viewer', 'Other');
grant select on people to authenticated;

select is(public.get_user_client((select id from people where who = 'member')), 'Acme', 'a member');
select is(public.get_user_client((select id from people where who = 'staff')), null, 'staff has none');
select is(public.get_user_client(gen_random_uuid()), null, 'nor has a stranger');
select tests.authenticate_as((select id from people where who = 'member'));
select is(
  public.get_user_client((select id from people where who = 'member')), 'Acme', 'people may ask about themselves'
);
select is(public.get_user_client((select id from people where who = 'foreign')), null, 'but not about others');

select * from finish();
rollback;
