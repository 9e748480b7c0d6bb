begin;
select plan(17);
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
insert into public.inbox_tags (client, bison_tag_id, name) values ('Acme', 1, 'Sending'), ('Acme', 2, 'Canceled');
create temp table run as select public.plan_rebatch('Acme') as id;
create temp table approval as select a.id from integrations.approvals a where a.kind = 'rebatch';
create temp view jobs as
select (payload ->> 'step')::uuid as step from outbound.job_queue
where job_type = 'run_rebatch_step' and status = 'waiting';
create function pg_temp.finish_all() returns integer language plpgsql as $$
declare
  v_step uuid;
  v_count integer := 0;
begin
  loop
    select step into v_step from jobs limit 1;
    exit when v_step is null;
    update outbound.job_queue set status = 'completed' where payload ->> 'step' = v_step::text;
    perform integrations.start_rebatch_step(v_step);
    perform integrations.finish_rebatch_step(v_step);
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;

select is(
  (select message from integrations.decide_approval((select id from approval), 'approved', 'service:test')),
  '8 steps follow.', 'approved, it is broken into steps'
);
select results_eq(
  $$select action, domain, count(*)::integer, max(daily_limit) from public.rebatch_steps
    group by action, domain order by min(position)$$,
  $$values
    ('start', 'spare.example', 3, 20), ('activate', 'spare.example', 1, null),
    ('stop', 'two.example', 3, 0), ('cancel', 'two.example', 1, null)$$,
  'what keeps the client sending comes first'
);
select is((select count(*) from jobs), 1::bigint, 'one at a time');
select is((select status from public.rebatch_runs), 'executing', 'it is under way');
select is((select executed_by from public.rebatch_runs), 'service:test', 'and says who approved');

create temp table first_step as select step from jobs;
select results_eq(
  $$select outcome, app_url, bison_inbox_id, daily_limit from integrations.start_rebatch_step((select step from first_step))$$,
  $$values ('call', 'https://bison.test', 61, 20)$$, 'EmailBison is told the limit'
);
select is(integrations.finish_rebatch_step((select step from first_step)), 'finished', 'then the step is done');
select is(integrations.finish_rebatch_step((select step from first_step)), 'done', 'once');
select is(
  (select outcome from integrations.start_rebatch_step((select step from first_step))), 'done', 'and not begun again'
);
select is((select count(*) from public.rebatch_steps where status = 'done'), 1::bigint, 'the others wait');

select is(pg_temp.finish_all(), 6, 'the other five inboxes, and the job of the first, which finds nothing to do');
select is((select status from public.rebatch_runs), 'executed', 'then it is executed');
select results_eq(
  $$select domain, min(daily_limit), max(daily_limit), min(lifecycle_status) from public.inboxes
    where domain in ('spare.example', 'two.example') group by domain order by domain$$,
  $$values ('spare.example', 20, 20, 'active'), ('two.example', 0, 0, 'cancelled')$$, 'the inboxes are what was planned'
);
select results_eq(
  $$select t.name, count(*)::integer from public.inbox_tag_assignments a join public.inbox_tags t on t.id = a.tag_id
    group by t.name order by 1$$,
  $$values ('Canceled', 3), ('Sending', 3)$$, 'and carry the tags'
);
select is(
  (select progress from integrations.approvals where kind = 'rebatch'), 'Done: 1 canceled, 1 activated', 'people are told'
);
select is(
  (select count(*) from private.rebatch_domains('Acme') where domain = 'two.example'), 0::bigint,
  'a canceled domain is planned for no more'
);
select throws_ok(
  $$select public.resume_rebatch((select id from run))$$, 'MR003', null, 'what is done is not resumed'
);

select * from finish();
rollback;
