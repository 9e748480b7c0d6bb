begin;
select plan(2);

insert into public."Clients" ("Business") values ('Acme');
insert into public.engaged_leads (client, email, closed, closed_at)
values ('Acme', 'casey@fabrikam.test', true, '2026-03-02 10:00Z');
select private.fold_milestones();
update public."Clients" set "Business" = 'Acme Foods';
select results_eq(
  $$select client, amount from public.report_funnel(null, '2026-03-02', '2026-03-02', 'client') where step = 'closed'$$,
  $$values ('Acme Foods', 1::numeric)$$, 'before a fold'
);
select private.fold_milestones();
select results_eq(
  $$select client, amount from public.report_funnel(null, '2026-03-02', '2026-03-02', 'client') where step = 'closed'$$,
  $$values ('Acme Foods', 1::numeric)$$, 'and after'
);

select * from finish();
rollback;
