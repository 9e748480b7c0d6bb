begin;
select plan(2);

select tests.endpoint('bison');
insert into public.campaign_reporting (client, campaign_id, date, campaign_name, emails_sent, opened)
values ('Acme', 401, '2026-03-02', 'As imported', 10, null);
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 10:00Z');
select private.fold_counters();
select results_eq(
  'select emails_sent, opened, campaign_name from public.campaign_reporting',
  $$values (11::numeric, 1::numeric, 'Spring')$$,
  'null counts as nothing'
);
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"campaign": {"id": 402, "name": ""}}');
select private.fold_counters();
select results_eq(
  'select campaign_name from public.campaign_reporting where campaign_id = 402', $$values ('Campaign 402')$$,
  'a campaign without a name has its number'
);

select * from finish();
rollback;
