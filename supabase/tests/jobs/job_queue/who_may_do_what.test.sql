begin;
select plan(8);

select outbound.enqueue_job('q', 't');
select is_empty(
  $$select p from unnest(array['select', 'insert', 'update', 'delete']) as p
    where has_table_privilege('job_worker', 'outbound.job_queue', p)$$,
  'a worker has no right on the table'
);
select set_eq(
  $$
    select p.proname::text from pg_proc p
    where p.pronamespace = 'outbound'::regnamespace
      and p.proname ~ 'job|lease|expired'
      and has_function_privilege('job_worker', p.oid, 'execute')
  $$,
  $$values ('enqueue_job'), ('enqueue_jobs'), ('claim_jobs'), ('extend_lease'), ('complete_jobs'), ('fail_job'),
    ('hand_back_jobs'), ('requeue_expired')$$,
  'it works through these functions, and no other'
);
select tests.as_role('service_role');
select is((select count(*) from outbound.job_queue), 1::bigint, 'the service role reads');
select throws_ok($$update outbound.job_queue set status = 'waiting'$$, '42501');
select lives_ok($$select outbound.enqueue_job('q', 't')$$, 'and enqueues');
select tests.clear();
select tests.authenticate_as(tests.create_user('viewer'));
select is((select count(*) from outbound.job_queue), 2::bigint, 'agency staff see the jobs');
select throws_ok($$select outbound.enqueue_job('q', 't')$$, '42501');
select tests.clear();
insert into public."Clients" ("Business") values ('Acme');
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select is((select count(*) from outbound.job_queue), 0::bigint, 'clients do not');

select * from finish();
rollback;
