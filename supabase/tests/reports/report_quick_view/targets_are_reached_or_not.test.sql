begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
insert into public.client_targets (client, emails_per_day, replies_per_day, bounces_per_day) values ('Acme', 10, null, 2);
insert into public.campaign_reporting (client, campaign_id, date, emails_sent, unique_replies_per_contact, bounced)
values ('Acme', 1, '2026-03-02', 10, 3, 2), ('Acme', 1, '2026-03-03', 9, 0, 3);
create temp view judged as
select date, metric, target, actual, status from public.report_quick_view('Acme', '2026-03-02', '2026-03-03');

select results_eq(
  $$select date, status from judged where metric = 'emails'$$,
  $$values (date '2026-03-02', 'on_track'), ('2026-03-03', 'behind')$$, 'a goal is reached, or the day is behind'
);
select results_eq(
  $$select date, status from judged where metric = 'bounces'$$,
  $$values (date '2026-03-02', 'on_track'), ('2026-03-03', 'over_limit')$$, 'a ceiling is held, or exceeded'
);
select results_eq(
  $$select date, target, actual, status from judged where metric = 'replies'$$,
  $$values (date '2026-03-02', 0::numeric, 3::numeric, 'no_target'), ('2026-03-03', 0, 0, 'no_target')$$,
  'without a target there is nothing to judge'
);
update integrations.settings set value = 1 where name = 'quick_view.days_per_week';
select results_eq(
  $$select date, status from judged where metric = 'emails'$$,
  $$values (date '2026-03-02', 'on_track'), ('2026-03-03', 'no_target')$$, 'nor on a day that has none: Monday alone here'
);

select * from finish();
rollback;
