begin;
select plan(2);

select from intake.f_ingest_json('[
  {"email": "ann@acme.com", "company": "Acme", "industry": "Tools", "employee_count": "11-50", "revenue": 10},
  {"email": "bob@bolt.com", "company": "Bolt", "industry": "Nuts", "employee_count": 12.0, "revenue": "$5M"}
]'::jsonb, 'apollo', 'b');
select from vault.f_promote_contacts();
select from integrations.advance_hub();
select results_eq(
  'select domain, industry, employee_count, revenue from company.master order by domain',
  $$values ('acme.com', 'Tools', null, 10::numeric), ('bolt.com', 'Nuts', 12, null)$$, 'the rest of the company is told'
);
select is((select count(*) from company.slot where validation_status = 'rejected'), 0::bigint, 'nothing is refused');

select * from finish();
rollback;
