begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme & Söhne'), ('Acme  Sohne');
select is(
  (select p.name from shared.projects p join integrations.tenants t using (tenant_id) where t.business = 'Acme & Söhne'),
  'Acme & Söhne', 'a new client has a project'
);
select is(
  (select m.name from outbound.teams m join integrations.tenants t on t.team_id = m.id where t.business = 'Acme & Söhne'),
  'Acme & Söhne', 'and a team'
);
select is((select count(distinct slug) from outbound.teams), 2::bigint, 'each under a slug of its own');
select is(
  private.tenant_id_of('Acme & Söhne'), (select id::text from integrations.tenants where business = 'Acme & Söhne'),
  'the tenant id is found by name'
);
select is(private.tenant_id_of('Nobody'), null, 'and null for a name we do not know');

update public."Clients" set "Business" = 'Acme' where "Business" = 'Acme & Söhne';
select is((select count(*) from shared.projects where name = 'Acme'), 1::bigint, 'a rename reaches the project');
select is((select count(*) from outbound.teams where name = 'Acme'), 1::bigint, 'and the team');

update outbound.teams set name = 'The old guard' where name = 'Acme';
update public."Clients" set "Business" = 'Acme 2' where "Business" = 'Acme';
select is(
  (select count(*) from outbound.teams where name = 'The old guard'), 1::bigint, 'unless somebody chose another name'
);

select * from finish();
rollback;
