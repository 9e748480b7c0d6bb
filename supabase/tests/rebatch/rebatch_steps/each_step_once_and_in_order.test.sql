begin;
select plan(17);
select tests.create_fleet();
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
