-- A salesperson corrects the address of somebody whom the hub knows by the old one.
begin;
select plan(7);

select tests.endpoint('bison');
insert into people.master (email) values ('casey@fabrikam.test');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select private.fold_counters();
insert into public.crm_contacts (client, email) values ('Acme', 'casey@fabrikam.test');
insert into public.crm_deals (client, contact_id, name, stage, amount) select 'Acme', id, 'Robots', 'won', 900 from public.crm_contacts;
select private.feed_marketing();
create function pg_temp.sales() returns table (email text, value numeric, touch text) language sql as $$
  select p.email, a.value, a.final_touchpoint
  from marketing.attribution a join people.master p on p.id = a.person_id where a.conversion_type = 'sale'
$$;
select results_eq('select * from pg_temp.sales()', $$values ('casey@fabrikam.test', 900::numeric, 'email')$$, 'a sale');

update public.crm_contacts set email = 'Casey.Morgan@fabrikam.test';
update public.crm_deals set amount = 1000;
select private.feed_marketing();
select results_eq(
  'select * from pg_temp.sales()', $$values ('casey@fabrikam.test', 1000::numeric, 'email')$$, 'stays one when the address is corrected'
);
insert into people.master (email) values ('casey.morgan@fabrikam.test');
select private.feed_marketing();
select results_eq(
  'select email from pg_temp.sales()', $$values ('casey.morgan@fabrikam.test')$$, 'whom the hub knows by the new one has it'
);
insert into private.hub_changes (kind, subject_id) select 'person', id from people.master where email = 'casey@fabrikam.test';
select private.feed_marketing();
select results_eq('select email from pg_temp.sales()', $$values ('casey.morgan@fabrikam.test')$$, 'whoever is looked at last');
delete from people.master where email = 'casey.morgan@fabrikam.test';
update public.crm_deals set amount = 1100;
select private.feed_marketing();
select results_eq('select email from pg_temp.sales()', $$values ('casey@fabrikam.test')$$, 'and then the old one again');
update public.crm_contacts set additional_emails = null;
select private.feed_marketing();
select is_empty('select * from pg_temp.sales()', 'an address that is taken off leads there no more');
update public.crm_contacts set email = 'casey@fabrikam.test';
select private.feed_marketing();
select is((select count(*) from pg_temp.sales()), 1::bigint, 'and one that is put back does');

select * from finish();
rollback;
