begin;
select plan(12);

insert into public."Clients" ("Business") values ('Acme'), ('Bolt');
create temp table who as
select
  tests.create_user('member', 'Acme') as member, tests.create_user('viewer', 'Bolt') as bolt,
  tests.create_user('manager') as manager, tests.create_user('viewer') as viewer;
grant select on who to authenticated;

select tests.authenticate_as((select member from who));
select results_eq('select name::text from outbound.teams', array['Acme'], 'a client''s user sees the client''s team');
select is((select count(*) from outbound.team_members), 1::bigint, 'and its members, without recursion');
select results_eq('select name from shared.projects', array['Acme'], 'and the client''s project');
select is_empty($$update outbound.teams set company_name = 'x' returning id$$, 'a member does not change the team');

select tests.clear();
insert into outbound.team_members (team_id, user_id, role)
select t.team_id, who.member, 'admin' from integrations.tenants t, who where t.business = 'Bolt';
select tests.authenticate_as((select member from who));
select results_eq(
  $$update outbound.teams set company_name = 'Bolt Inc.' returning name::text$$, array['Bolt'],
  'an admin of a team changes that team, and no other'
);
select throws_ok($$update outbound.teams set plan = 'enterprise'$$, '42501', null, 'but not its plan');
select results_eq('select name from shared.projects', array['Acme'], 'a team opens nothing else of its client');

select tests.authenticate_as((select manager from who));
select is((select count(*) from outbound.teams), 2::bigint, 'the agency sees every team');
select isnt_empty($$update outbound.teams set company_name = 'y' returning id$$, 'its staff changes them');
select set_config(
  'request.jwt.claims', (current_setting('request.jwt.claims')::jsonb || '{"millrace_client": "Bolt"}')::text, true
);
select results_eq('select name::text from outbound.teams', array['Bolt'], 'an API key for one client sees that team');
select results_eq('select name from shared.projects', array['Bolt'], 'and that project');
select tests.authenticate_as((select viewer from who));
select is_empty($$update outbound.teams set company_name = 'z' returning id$$, 'its viewers do not');

select * from finish();
rollback;
