begin;
select plan(6);
select tests.connect_slack();
insert into public.client_targets (client, emails_per_day) values ('Acme', 300);
select public.plan_rebatch('Acme');
create temp table asked as select id from integrations.approvals;
create temp table people as
select tests.create_user('manager') as manager, tests.create_user('viewer') as viewer,
  tests.create_user('member', 'Acme') as member;
grant select on asked, people to authenticated;

select tests.authenticate_as((select member from people));
select throws_ok(
  $$select * from integrations.decide((select id from asked), 'approved')$$, 'MR004', null, 'a client''s user sees it and may not'
);
select tests.authenticate_as((select viewer from people));
select throws_ok(
  $$select * from integrations.decide((select id from asked), 'approved')$$, 'MR004', null, 'nor who only reads'
);
select tests.authenticate_as((select manager from people));
select is(
  (select outcome from integrations.decide((select id from asked), 'rejected', 'Not now')), 'decided', 'a manager decides'
);
select is(
  (select decided_by from integrations.approvals), 'user:' || (select manager from people), 'by name'
);
select is(
  (select outcome from integrations.decide((select id from asked), 'approved')), 'already_decided', 'once'
);
select throws_ok(
  $$select * from integrations.decide(gen_random_uuid(), 'approved')$$, 'MR001', null, 'and only what is there'
);

select * from finish();
rollback;
