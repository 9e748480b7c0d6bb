begin;
select plan(1);

insert into public."Clients" ("Business") values ('Acme');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent, total_leads_contacted, unique_replies_per_contact)
values ('Acme', 401, '2026-03-01', 100, 50, 5), ('Acme', 401, '2026-03-04', 30, 0, 3);
select private.feed_marketing();
select tests.set_clock('2026-03-10 12:00Z');
select private.make_feedback_reports();
select results_eq(
  'select insights from marketing.feedback_reports order by report_date',
  array['5 of 50 people who were written to answered (10.00 %).', '3 people answered; nobody new was written to.'],
  'a rate of nobody is neither told nor compared'
);

select * from finish();
rollback;
