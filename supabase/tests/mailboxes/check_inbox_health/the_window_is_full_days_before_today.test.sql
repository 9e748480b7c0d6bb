begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme'), ('Strict');
insert into public.inboxes (client, bison_inbox_id, name, email, status, disconnected_at)
values
  ('Acme', 1, 'A', 'a@acme.test', 'Connected', null), ('Acme', 2, 'B', 'b@acme.test', 'Connected', null),
  ('Strict', 1, 'C', 'c@strict.test', 'Connected', null),
  ('Acme', 3, 'D', 'd@acme.test', 'Disconnected', '2026-03-12 05:00Z'),
  ('Acme', 4, 'E', 'e@acme.test', 'Disconnected', '2026-03-12 05:00:01Z');
insert into public.inbox_analytics (client, inbox_id, provider, date, emails_sent, replies_received, bounce_count, warmup_sent, warmup_spam)
values
  ('Acme', 1, 'bison', '2026-03-01', 100, 1, 2, 30, 1), ('Acme', 1, 'bison', '2026-03-14', 100, 1, 2, 30, 2),
  ('Acme', 1, 'bison', '2026-02-28', 500, 0, 500, 500, 500), ('Acme', 1, 'bison', '2026-03-15', 500, 0, 500, 500, 500),
  ('Acme', 1, 'inboxkit', '2026-03-10', 500, 0, 500, 0, 0),
  ('Acme', 2, 'bison', '2026-03-10', null, null, null, 0, 0),
  ('Strict', 1, 'bison', '2026-03-10', 100, 1, 2, 0, 0);
insert into integrations.client_settings (client, name, value) values ('Strict', 'inbox_health.bounce_rate_cancel', 2);

select tests.set_clock('2026-03-15 05:00Z');
select is((select checked from private.check_inbox_health()), 5, 'all in one call');
select results_eq(
  $$select sent_count, reply_count, reply_rate, bounce_count, bounce_rate, spam_count, spam_rate, health_score, recommendation
    from public.inbox_health_checks where inbox_email = 'a@acme.test'$$,
  $$values (200, 2, 1.00, 4, 2.00, 3, 5.00, 82, 'watch')$$, 'fourteen full days, of EmailBison alone'
);
select results_eq(
  $$select sent_count, reply_count, bounce_rate, spam_rate, health_score from public.inbox_health_checks
    where inbox_email = 'b@acme.test'$$,
  $$values (0, 0, 0::numeric, 0::numeric, 100)$$, 'a day without figures is nothing'
);
select results_eq(
  $$select recommendation, reasons from public.inbox_health_checks where client = 'Strict'$$,
  $$values ('cancel', array['bounce_rate'])$$, 'a threshold of its own'
);
select results_eq(
  $$select recommendation from public.inbox_health_checks where inbox_id in ('3', '4') order by inbox_id$$,
  $$values ('rotate'), ('watch')$$, 'three days to the second'
);

select * from finish();
rollback;
