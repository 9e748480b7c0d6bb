begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
select is(private.agency_tenant(), private.agency_tenant(), 'it is made once');
select is((select count(*) from integrations.tenants where is_agency), 1::bigint, 'and there is one');

select results_eq(
  'select client from private.report_clients(null, null, null)', array['Acme'], 'reports are about clients'
);
select private.refresh_funnel_forecasts();
select is_empty(
  'select from public.funnel_forecasts f join integrations.tenants t on t.business = f.client where t.is_agency',
  'and so are forecasts'
);

update integrations.tenants set business = 'Us' where is_agency;
select is(private.agency_tenant(), 'Us', 'whatever it is called');
select throws_ok(
  $$update integrations.tenants set is_agency = true where business = 'Acme'$$, '23505', null, 'no client is it as well'
);

select * from finish();
rollback;
