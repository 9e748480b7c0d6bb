begin;
select plan(14);
insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_sets (id, name, client, quantity, status)
values
  ('aaaaaaaa-0000-4000-8000-000000000001', 'Ready', 'Acme', 3, 'ready'),
  ('aaaaaaaa-0000-4000-8000-000000000002', 'Warming', 'Acme', 3, 'warming'),
  ('aaaaaaaa-0000-4000-8000-000000000003', 'Paused', 'Acme', 3, 'paused');
-- Three inboxes a domain: four that send, two in reserve, one warming, one paused.
insert into public.inboxes (bison_inbox_id, client, name, email, domain, daily_limit, status, lifecycle_status, inbox_set_id)
select
  d.n * 10 + i, 'Acme', 'Ada', format('ada%s@%s', i, d.domain), d.domain, d.daily_limit, 'Connected', d.lifecycle,
  ('aaaaaaaa-0000-4000-8000-00000000000' || d.set)::uuid
from (
  values
    (1, 'one.example', 30, 'active', null), (2, 'two.example', 30, 'active', null), (3, 'three.example', 30, 'active', null),
    (4, 'four.example', 30, 'active', null), (5, 'ready.example', 0, 'active', '1'), (6, 'spare.example', 0, 'insurance', null),
    (7, 'warm.example', 0, 'active', '2'), (8, 'paused.example', 0, 'active', '3')
) as d (n, domain, daily_limit, lifecycle, set), generate_series(1, 3) as i;
insert into public.inbox_health_checks (
  client, inbox_id, inbox_email, domain, sent_count, reply_count, health_score, recommendation, checked_at, checked_on
)
select
  i.client, i.bison_inbox_id::text, i.email, i.domain, 100, case i.domain when 'three.example' then 0 else 3 end,
  case i.domain when 'two.example' then 40 when 'spare.example' then 99 else 95 end,
  case i.domain when 'two.example' then 'rotate' else 'keep' end, private.clock() - interval '1 day',
  private.clock()::date - 1
from public.inboxes i
where i.domain <> 'warm.example';
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
