begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
select is(private.time_zone_of('Acme'), 'UTC', 'UTC until told');
update integrations.tenants set time_zone = 'Europe/Berlin';
select is(private.time_zone_of('Acme'), 'Europe/Berlin', 'then what was told');
select is(private.time_zone_of('Nobody'), 'UTC', 'UTC for a client we do not know');
select throws_ok(
  $$update integrations.tenants set time_zone = 'Mars/Olympus'$$, 'MR002', 'Unknown time zone.',
  'no zone that Postgres does not know'
);
select throws_ok($$update integrations.tenants set time_zone = null$$, '23502', null, 'nor none');

select * from finish();
rollback;
