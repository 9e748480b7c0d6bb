begin;
select plan(2);

insert into public."Clients" ("Business") values ('Acme');
insert into public.inboxes (bison_inbox_id, client, name, email, health_score, recommendation)
values (1, 'Acme', 'a', 'a@mail.test', 40, 'rotate'), (2, 'Acme', 'b', 'b@mail.test', 90, 'keep'),
  (3, 'Acme', 'c', 'c@mail.test', 70, 'watch'), (4, 'Acme', 'd', 'd@mail.test', null, null);
insert into public.inbox_health_checks (inbox_email, inbox_id, domain, client, bounce_rate, health_score, checked_on)
values ('a@mail.test', '1', 'mail.test', 'Acme', 1, 99, '2026-03-01'), ('a@mail.test', '1', 'mail.test', 'Acme', 6, 40, '2026-03-02');

select results_eq(
  $$select w ->> 'email', (w ->> 'bounce_rate')::numeric
    from public.report_inbox_health('Acme', 2), jsonb_array_elements(worst) as w$$,
  $$values ('a@mail.test', 6::numeric), ('c@mail.test', null)$$, 'by score, as the last check found them'
);
select throws_ok($$select public.report_inbox_health(p_worst => 101)$$, 'MR002', null, 'a hundred of a client at most');

select * from finish();
rollback;
