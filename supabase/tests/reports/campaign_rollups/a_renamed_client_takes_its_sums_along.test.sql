begin;
select plan(3);

insert into public."Clients" ("Business") values ('Acme');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent) values ('Acme', 1, '2026-03-02', 7);
update public."Clients" set "Business" = 'Acme Foods' where "Business" = 'Acme';
select is_empty('select * from private.rollup_differences()', 'the sums agree with the days');
select results_eq(
  $$select distinct client from public.campaign_rollups$$, array['Acme Foods'], 'under the new name alone'
);
update public.campaign_reporting set client = 'Birch';
select results_eq(
  $$select client, emails_sent from public.campaign_rollups where period = 'day'$$, $$values ('Birch', 7::numeric)$$,
  'days given to another client leave nothing behind'
);

select * from finish();
rollback;
