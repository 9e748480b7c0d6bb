begin;
select plan(8);

-- EmailBison's own statistics of a campaign.
insert into public.campaign_reporting (
  client, campaign_id, date, emails_sent, total_leads_contacted, opened, unique_opens_per_contact,
  unique_replies_per_contact, bounced, unsubscribed, interested
)
values ('Acme', 1, '2026-03-02', 120, 80, 0, 0, 8, 2, 1, 3);

select results_eq(
  $$
    select bounced_percentage, unique_replies_per_contact_percentage, unsubscribed_percentage, interested_percentage
    from public.campaign_reporting
  $$,
  $$values (1.67, 10.00, 1.25, 3.75)$$,
  'bounces by mails sent; replies, unsubscribes and interested by leads contacted, as EmailBison does'
);

update public.campaign_reporting set opened = 90, unique_opens_per_contact = 40;
select results_eq(
  $$select opened_percentage, unique_opens_per_contact_percentage from public.campaign_reporting$$,
  $$values (75.00, 50.00)$$,
  'opens by mails sent, unique opens by leads contacted'
);

update public.campaign_reporting set bounced_percentage = 99;
select is(bounced_percentage, 1.67, 'a rate cannot be set by hand') from public.campaign_reporting;

update public.campaign_reporting set emails_sent = 0, total_leads_contacted = 0;
select results_eq(
  $$
    select opened_percentage, bounced_percentage, unique_replies_per_contact_percentage, interested_percentage
    from public.campaign_reporting
  $$,
  $$values (0.0, 0.0, 0.0, 0.0)$$,
  'a rate of nothing is 0'
);

insert into public.campaign_reporting (client, campaign_id, date) values ('Acme', 2, '2026-03-02');
select results_eq(
  $$select emails_sent, opened_percentage from public.campaign_reporting where campaign_id = 2$$,
  $$values (null::numeric, 0.0)$$,
  'a counter that is not known stays so, and its rate is 0'
);

select throws_ok(
  $$insert into public.campaign_reporting (client, campaign_id, date) values ('Acme', 1, '2026-03-02')$$,
  '23505', null, 'a campaign has one row a day'
);
select lives_ok(
  $$insert into public.campaign_reporting (client, campaign_id, date) values ('Beta', 1, '2026-03-02')$$,
  'another client''s campaign of the same id has its own'
);
select throws_ok(
  $$insert into public.campaign_reporting (sequence_step_stats) values ('{"step_id": 1}')$$,
  '23514', null, 'the statistics of the steps are an array'
);

select * from finish();
rollback;
