begin;
select plan(3);

insert into public."Clients" ("Business") values ('Acme');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent) values ('Acme', 1, '2026-03-02', 7);
select tests.authenticate_as(tests.create_user('admin'));
select throws_ok($$update public.campaign_rollups set emails_sent = 9$$, '42501', null, 'not even an admin');
select lives_ok(
  $$update public.campaign_reporting set emails_sent = 9$$, 'who may change a day need not be allowed to change sums'
);
select results_eq(
  $$select emails_sent from public.campaign_rollups where period = 'month' and campaign_id = 0$$, $$values (9::numeric)$$,
  'which follow all the same'
);

select * from finish();
rollback;
