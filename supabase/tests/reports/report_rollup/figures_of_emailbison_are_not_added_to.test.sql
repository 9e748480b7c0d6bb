begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select results_eq(
  $$select emails_sent from public.report_rollup('Acme', 'day', 'client', '2026-03-02', '2026-03-02')$$,
  $$values (1::numeric)$$, 'what is pending counts'
);
insert into public.campaign_reporting (client, campaign_id, date, emails_sent, figures_at)
values ('Acme', 401, '2026-03-02', 5, '2026-03-05');
select results_eq(
  $$select emails_sent from public.report_rollup('Acme', 'day', 'client', '2026-03-02', '2026-03-02')$$,
  $$values (5::numeric)$$, 'but not where EmailBison''s own figures have it already'
);

select * from finish();
rollback;
