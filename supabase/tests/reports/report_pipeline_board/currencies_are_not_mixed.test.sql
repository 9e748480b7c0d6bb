begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.crm_deals (client, name, stage, amount, currency, index, deleted_at)
values
  ('Acme', 'First', 'proposal', 100, 'USD', 1, null), ('Acme', 'Second', 'proposal', 50, 'EUR', 2, null),
  ('Birch', 'Third', 'proposal', 30, 'USD', 0, null), ('Acme', 'Gone', 'proposal', 999, 'USD', 0, now());
create temp view proposals as
select deals, amounts, (select array_agg(c ->> 'name' order by n) from jsonb_array_elements(cards) with ordinality as k (c, n)) as names
from public.report_pipeline_board(p_cards => 2) where stage = 'proposal';

select is((select count(*) from public.report_pipeline_board()), 8::bigint, 'every stage has its column');
select results_eq(
  'select deals, amounts from proposals',
  $$values (3::bigint, '[{"currency": "EUR", "amount": 50, "weighted_amount": 35.00},
    {"currency": "USD", "amount": 130, "weighted_amount": 91.00}]'::jsonb)$$,
  'each currency is added up by itself'
);
select results_eq('select names from proposals', $$values (array['Third', 'First'])$$, 'the first cards in their order');
select results_eq(
  $$select deals from public.report_pipeline_board('Birch') where stage = 'proposal'$$, $$values (1::bigint)$$, 'of one client'
);
select throws_ok($$select public.report_pipeline_board(p_cards => 101)$$, 'MR002', null, 'a hundred cards at most');

select * from finish();
rollback;
