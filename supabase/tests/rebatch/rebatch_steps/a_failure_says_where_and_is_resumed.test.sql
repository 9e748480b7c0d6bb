begin;
select plan(14);
select tests.create_fleet();
update public."Clients" set "Api Key - Bison" = tests.sealed('bison'), "App URL- Bison" = 'https://bison.test';
insert into public.client_targets (client, emails_per_day) values ('Acme', 300);
create temp table run as select public.plan_rebatch('Acme') as id;
select outcome from integrations.decide_approval((select id from integrations.approvals), 'approved', 'service:test');
create temp view current_step as select id, position, action, status from public.rebatch_steps where status in ('running', 'failed');
grant select on run to authenticated;

select integrations.fail_rebatch_step((select id from current_step), 'EmailBison answered 401. Renew the credentials.');
select is(
  (select error_message from public.rebatch_runs),
  'Step 1 of 8, start ada1@spare.example: EmailBison answered 401. Renew the credentials.', 'it says at which step'
);
select is(
  (select progress from integrations.approvals),
  'Stopped. Step 1 of 8, start ada1@spare.example: EmailBison answered 401. Renew the credentials.', 'in Slack as well'
);
select is((select count(*) from integrations.notices where kind = 'rebatch_failed'), 1::bigint, 'and somebody is called');
select integrations.fail_rebatch_step((select id from current_step), 'Again');
select is((select count(*) from integrations.notices where kind = 'rebatch_failed'), 1::bigint, 'once');
select is(integrations.finish_rebatch_step((select id from current_step)), 'done', 'a late end of its job changes nothing');
select is((select status from public.rebatch_runs), 'failed', 'it has failed');

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok($$select public.resume_rebatch((select id from run))$$, 'MR004', null, 'a client''s user may not resume');
select tests.clear();
select is(public.resume_rebatch((select id from run)), 'executing', 'once mended it goes on');
select is((select position || ' ' || status from current_step), '1 running', 'at that step');
select integrations.fail_rebatch_step((select id from current_step), 'Still');
select is(public.resume_rebatch((select id from run), true), 'executing', 'or after it');
select is((select position || ' ' || status from current_step), '2 running', 'which is the next one');

delete from outbound.job_queue;
select is((select stopped from private.watch_rebatches()), 0, 'a run without a job is looked at');
select tests.set_clock(now() + interval '181 minutes');
select is((select stopped from private.watch_rebatches()), 1, 'and stopped after a while');
select matches((select error_message from public.rebatch_runs), '^Step 2 of 8, start ada2', 'at its step');

select * from finish();
rollback;
