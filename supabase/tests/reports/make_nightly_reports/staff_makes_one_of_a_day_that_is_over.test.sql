begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
select tests.set_clock('2026-03-03 10:00Z');
create temp table users as
select tests.create_user('manager') as manager, tests.create_user('viewer') as viewer,
  tests.create_user('member', 'Acme') as member;
grant select on users to authenticated;

select tests.authenticate_as((select manager from users));
select isnt(public.make_nightly_report('Acme', '2026-03-02'), null, 'a manager does');
select throws_ok($$select public.make_nightly_report('Acme', '2026-03-03')$$, 'MR002', null, 'today is not over');
select throws_ok($$select public.make_nightly_report('Nobody', '2026-03-02')$$, 'MR001', null, 'nobody has no day');
select tests.authenticate_as((select viewer from users));
select throws_ok($$select public.make_nightly_report('Acme', '2026-03-02')$$, 'MR004', null, 'a viewer does not');
select tests.authenticate_as((select member from users));
select throws_ok($$select public.make_nightly_report('Birch', '2026-03-02')$$, 'MR001', null, 'another client is nobody');
select results_eq($$select client from public.nightly_reports$$, $$values ('Acme')$$, 'a client reads its own');

select * from finish();
rollback;
