begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme');
insert into public."Campaigns" (client, campaign_id, campaign_name, status) values ('Acme', '401', 'Spring', 'active');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent, total_leads_contacted, unique_replies_per_contact, bounced)
values
  ('Acme', 401, '2026-03-01', 100, 50, 5, 0), ('Acme', 401, '2026-03-02', 200, 100, 12, 8),
  ('Acme', 401, '2026-03-08', 0, 0, 3, 0), ('Acme', 401, '2026-03-09', 7, 7, 7, 7);
insert into public.all_leads (client, campaign_id, email, source, first_reply_date)
values
  ('Acme', '401', 'a@x.test', 'apollo', '2026-03-03Z'), ('Acme', '401', 'b@x.test', 'apollo', '2026-03-08 23:59Z'),
  ('Acme', '401', 'c@x.test', 'apify', '2026-03-04Z'), ('Acme', '401', 'd@x.test', 'apify', '2026-03-09Z');
select private.feed_marketing();
select tests.set_clock('2026-03-10 12:00Z');

select results_eq('select made, has_more from private.make_feedback_reports()', 'values (2, false)', 'two weeks are over');
select results_eq(
  $$
    select report_date, metrics -> 'contacted', metrics -> 'replied', metrics -> 'reply_rate', metrics -> 'replies_by_source'
    from marketing.feedback_reports order by 1
  $$,
  $$values
    (date '2026-03-01', '50'::jsonb, '5'::jsonb, '10.00'::jsonb, '{}'::jsonb),
    ('2026-03-08', '100', '15', '15.00', '{"apify": 1, "apollo": 2}')$$,
  'from Monday to Sunday, the current week not yet'
);
select is(
  (select insights from marketing.feedback_reports where report_date = '2026-03-08'),
  '15 of 100 people who were written to answered (15.00 %). That is 5.00 points more than the week before. '
  'Most answers came from apollo (2). 4.00 % of the mails bounced: look at the list.',
  'what stands out'
);
select is((select made from private.make_feedback_reports()), 0, 'once a day');
update public.campaign_reporting set unique_replies_per_contact = 13 where date = '2026-03-02';
select tests.set_clock('2026-03-11 12:00Z');
select is((select made from private.make_feedback_reports(1)), 1, 'the next day anew, as many as asked for');
select is((select has_more from private.make_feedback_reports(1)), true, 'and there is more');
select is(
  (select metrics -> 'replied' from marketing.feedback_reports where report_date = '2026-03-08'), '16'::jsonb,
  'late figures are in it'
);

select * from finish();
rollback;
