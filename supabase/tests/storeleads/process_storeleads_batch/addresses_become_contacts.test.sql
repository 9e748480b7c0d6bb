begin;
select plan(7);

insert into master_contacts_db (email, company_name) values ('Known@shop.test', 'Mine');
insert into eligible_storeleads_10k (domain, company_name, emails, instagram_url)
values
  ('shop.test', 'Shop', 'known@shop.test; hello@shop.test,HELLO@shop.test nonsense gone@shop.test', 'https://i.test/a'),
  ('bare.test', 'Bare', null, null);
insert into private.suppressed_people (address_hash) values (private.suppression_hash('gone@shop.test'));
select copied from copy_storeleads_next_batch(10);

select results_eq(
  'select * from process_storeleads_batch("limit" => 10)', 'values (2, 2, false)', 'two stores, two contacts written'
);
select results_eq(
  'select lower(email), company_name, company_domain from master_contacts_db order by 1',
  $$values ('hello@shop.test', 'Shop', 'shop.test'), ('known@shop.test', 'Mine', 'shop.test')$$,
  'each address once; what was known stays; no address is no contact, and who is to be forgotten is'
);
select is_empty($$select from eligible_storeleads_10k where status <> 'processed'$$, 'both are processed');
select results_eq(
  'select signal_type, signal_payload from company_signals
   where company_id = (select id from master_companies_db where company_domain = ''shop.test'')',
  $$values ('online_store', '{"instagram": "https://i.test/a"}'::jsonb)$$, 'a signal of the company'
);
select results_eq('select * from process_storeleads_batch(10)', 'values (0, 0, false)', 'then nothing is left');
update eligible_storeleads_10k set status = 'copied', processed_at = null;
select is((select contacts from process_storeleads_batch(10)), 0, 'once more writes nobody twice');
select is((select count(*) from company_signals), 2::bigint, 'and no signal');

select * from finish();
rollback;
