begin;
select plan(8);

update integrations.settings set value = 100 where name = 'storeleads.least_monthly_sales';
insert into integrations.storeleads_rows (domain, raw, fetched_at)
values
  ('a.test', '{"name": "www.a.test", "merchant_name": "A", "estimated_sales": 1234567, "city": "Berlin",
    "country_code": "DE", "contact_info": [{"type": "email", "value": "x@a.test"}, {"type": "email", "value": "y@a.test"},
    {"type": "instagram", "value": "https://instagram.com/a"}]}', '2026-03-01'),
  ('b.test', '{"name": "b.test", "estimated_sales": 5000}', '2026-03-02'),
  ('c.test', '{"name": "c.test", "state": "Inactive"}', '2026-03-03'),
  ('d.test', '{"name": "d.test", "contact_info": "broken", "estimated_sales": "much"}', '2026-03-04');

select results_eq(
  'select * from pull_storeleads_10k_batch(3)', 'values (1, 2, true)', 'the oldest three: one is worth it'
);
select results_eq('select * from pull_storeleads_10k_batch(3)', 'values (1, 0, false)', 'then the rest');
select results_eq('select * from pull_storeleads_10k_batch(3)', 'values (0, 0, false)', 'then nothing');
select results_eq(
  'select domain, company_name, company_location, estimated_monthly_sales, emails, instagram_url
   from eligible_storeleads_10k where domain_norm = ''a.test''',
  $$values ('www.a.test', 'A', 'Berlin, DE', 12345.67, 'x@a.test, y@a.test', 'https://instagram.com/a')$$,
  'cents are dollars, contacts are sorted'
);
select results_eq(
  'select domain_norm, emails, status from eligible_storeleads_10k where domain_norm = ''d.test''',
  $$values ('d.test', null::text, 'new')$$, 'odd members are unknown, and sales nobody knows are enough'
);

update eligible_storeleads_10k set status = 'processed';
update integrations.storeleads_rows set pulled_at = null;
select is((select pulled from pull_storeleads_10k_batch(10)), 0, 'the same again changes nothing');
update integrations.storeleads_rows
set raw = raw || '{"merchant_name": "A2"}', pulled_at = null where domain = 'a.test';
select is((select pulled from pull_storeleads_10k_batch(10)), 1, 'what changed');
select is(
  (select status from eligible_storeleads_10k where domain_norm = 'a.test'), 'new', 'goes its way once more'
);

select * from finish();
rollback;
