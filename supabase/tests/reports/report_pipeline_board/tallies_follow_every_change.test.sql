begin;
select plan(9);

create temp view wrong as
with shown as (
  select b.stage, a ->> 'currency' as currency, (a ->> 'amount')::numeric as amount, (a ->> 'weighted_amount')::numeric as weighted
  from public.report_pipeline_board() b, jsonb_array_elements(b.amounts) as a
),
counted as (
  select d.stage, d.currency, sum(d.amount) as amount, round(sum(d.amount * d.probability / 100), 2) as weighted
  from public.crm_deals d where d.deleted_at is null group by 1, 2
)
select stage, currency from shown full join counted using (stage, currency)
where (shown.amount, shown.weighted) is distinct from (counted.amount, counted.weighted);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.crm_deals (client, name, stage, amount, currency)
select (array['Acme', 'Birch'])[1 + n % 2], 'Deal', (array['lead', 'demo', 'won'])[1 + n % 3], n, (array['USD', 'EUR'])[1 + n % 2]
from generate_series(1, 30) as n;
select is((select sum(deals) from public.report_pipeline_board()), 30::numeric, 'all are there');
select is_empty('select * from wrong', 'added');
update public.crm_deals set stage = 'proposal' where amount < 5;
update public.crm_deals set amount = 1.5, probability = 33 where amount = 6;
update public.crm_deals set client = 'Birch', currency = 'GBP' where amount = 7;
select is_empty('select * from wrong', 'changed, the stage with its probability');
update public.crm_deals set deleted_at = now() where amount in (8, 9);
delete from public.crm_deals where amount = 10;
select is_empty('select * from wrong', 'deleted, either way');
update public.crm_deals set deleted_at = null where amount = 8;
select is((select sum(deals) from public.report_pipeline_board()), 28::numeric, 'one is back');

insert into private.tallied_deals (client, stage, currency, probability, deals, amount)
select 'Acme', 'lead', 'USD', 10, case when n % 2 = 0 then 1 else -1 end, case when n % 2 = 0 then 5 else -5 end
from generate_series(1, 300) as n;
select ok(private.fold_tallies() > 300, 'many tallies are added up');
select is_empty('select * from wrong', 'to the same sums');
update public."Clients" set "Business" = 'Acme Foods' where "Business" = 'Acme';
select is_empty('select * from wrong', 'a renamed client takes them along');
select is(
  (select sum(deals) from public.report_pipeline_board('Acme Foods')),
  (select count(*)::numeric from public.crm_deals where client = 'Acme Foods' and deleted_at is null), 'all of them'
);

select * from finish();
rollback;
