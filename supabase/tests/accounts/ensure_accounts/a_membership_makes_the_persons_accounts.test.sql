begin;
select plan(11);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as
select tests.create_user('member', 'Acme') as member, tests.create_user('admin') as admin;

select is(
  (select u.email from shared.users u join who on who.member = u.id),
  (select a.email::text from auth.users a join who on who.member = a.id),
  'who signs in has the same id and address in shared.users'
);
select is((select u.role from shared.users u join who on who.admin = u.id), 'admin', 'with the role of the membership');
select is((select u.password_hash from shared.users u join who on who.admin = u.id), '!', 'and no password');
select is((select count(*) from outbound.users), 2::bigint, 'the sending engine knows both');
select is(
  (
    select m.role from outbound.team_members m
    join integrations.tenants t on t.team_id = m.team_id
    join who on who.member = m.user_id
    where t.business = 'Acme'
  ),
  'member', 'a client''s user is in the team'
);
select is((select count(*) from outbound.team_members), 1::bigint, 'the agency''s people are not');

update integrations.memberships set role = 'viewer' where client = 'Acme';
select is((select role from outbound.team_members), 'viewer', 'a changed role is changed there too');
delete from integrations.memberships where client = 'Acme';
select is((select count(*) from outbound.team_members), 0::bigint, 'who leaves the client leaves the team');

-- Somebody deletes the account and comes back under a new id.
delete from auth.users where id = (select admin from who);
insert into auth.users (id, email)
values ('00000000-0000-4000-8000-00000000000f', (select admin || '@example.test' from who));
insert into integrations.memberships (user_id, role) values ('00000000-0000-4000-8000-00000000000f', 'viewer');
select is(
  (select id from shared.users where email = (select admin || '@example.test' from who)),
  '00000000-0000-4000-8000-00000000000f', 'an address goes to who signs in with it now'
);
select is(
  (select status from shared.users where id = (select admin from who)), 'inactive', 'the former account is kept, inactive'
);

insert into auth.users (id, phone) values ('00000000-0000-4000-8000-00000000000e', '4915112345');
select lives_ok(
  $$insert into integrations.memberships (user_id, role) values ('00000000-0000-4000-8000-00000000000e', 'viewer')$$,
  'somebody without an address may be a member, too'
);

select * from finish();
rollback;
