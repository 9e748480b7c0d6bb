begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
select tests.set_clock('2026-03-02 12:00Z');
select throws_ok($$select public.report_quick_view(null, '2025-01-01', '2025-12-31')$$, 'MR002', null, 'a quarter at most');
select throws_ok($$select public.report_quick_view(null, '2026-03-02', '2026-03-01')$$, 'MR002', null, 'not backwards');
select is(
  (select max(date) from public.report_quick_view(null, '2026-03-01', '2026-03-10')), date '2026-03-02', 'no day to come'
);
select is_empty($$select * from public.report_quick_view('Nobody')$$, 'nothing of a client who is not there');

select * from finish();
rollback;
