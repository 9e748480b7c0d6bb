begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.client_opportunities (client, opportunity_name, stage, value)
values ('Acme', 'A', 'Proposal', 100), ('Birch', 'B', 'Proposal', 50), ('Acme', 'C', 'Won', 10), ('Acme', 'D', 'Lost', 70);
select results_eq(
  $$select stage, opportunities, value, weighted_value from public.report_opportunities() where opportunities > 0$$,
  $$values ('Proposal', 2::bigint, 150::numeric, 105.00), ('Won', 1, 10, 10.00), ('Lost', 1, 70, 0.00)$$,
  'all together'
);
select results_eq(
  $$select client, weighted_value from public.report_opportunities(null, 'client') where stage = 'Proposal'$$,
  $$values ('Acme', 70.00), ('Birch', 35.00)$$, 'each client'
);
insert into public.client_opportunities (client, opportunity_name) values ('Acme', 'E');
select results_eq(
  $$select stage, probability from public.report_opportunities('Acme') where opportunities > 0 and stage = 'Qualification'$$,
  $$values ('Qualification', 20)$$, 'a new one is in qualification'
);
select throws_ok(
  $$insert into public.client_opportunities (client, opportunity_name, stage) values ('Acme', 'F', 'Maybe')$$, '23514', null,
  'there is no other stage'
);

select * from finish();
rollback;
