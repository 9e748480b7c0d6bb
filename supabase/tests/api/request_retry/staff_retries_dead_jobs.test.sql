begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
insert into outbound.job_queue (id, queue_name, job_type, payload, status, last_error)
values ('00000000-0000-4000-8000-000000000001', 'default', 'test', '{}', 'failed', 'It broke.');
create temp table person as
select tests.create_user('manager') as manager, tests.create_user('viewer') as viewer,
  tests.create_user('member', 'Acme') as member;
grant select on person to authenticated;

select tests.authenticate_as((select member from person));
select throws_ok(
  $$select outbound.request_retry('00000000-0000-4000-8000-000000000001')$$, 'MR004', null, 'a client''s user may not'
);
select tests.authenticate_as((select viewer from person));
select throws_ok(
  $$select outbound.request_retry('00000000-0000-4000-8000-000000000001')$$, 'MR004', null, 'nor who only reads'
);
select tests.authenticate_as((select manager from person));
select throws_ok(
  $$select outbound.request_retry('00000000-0000-4000-8000-000000000009')$$, 'MR001', null, 'an unknown job'
);
select is(
  outbound.request_retry('00000000-0000-4000-8000-000000000001'), 'retried', 'staff has a dead job tried again'
);
select is((select status::text from outbound.job_queue), 'waiting', 'it waits for a worker');
select throws_ok(
  $$select outbound.request_retry('00000000-0000-4000-8000-000000000001')$$, 'MR003', null, 'a job that is not dead'
);

select * from finish();
rollback;
