begin;
select plan(8);
select tests.connect_slack();
create function public.handle_tested(p_approval_id uuid, p_decision text, p_decided_by text)
returns text language plpgsql as $$
begin
  if p_decision = 'impossible' then
    perform private.raise_error('MR003', 'That <is> not possible.');
  end if;
  return p_decision || ' for ' || p_decided_by;
end $$;
insert into integrations.approval_kinds (kind, handler, description) values ('tested', 'public.handle_tested', 'For tests.');
create temp table asked as
select integrations.request_approval('tested', gen_random_uuid(), 'Acme', 'Buy?', '{}') as id;
create temp table posted as select id from integrations.slack_messages;
create temp view updates as select id from outbound.job_queue where job_type = 'update_slack_message' and status = 'waiting';

select outcome from integrations.start_slack_message((select id from posted));
select outcome from integrations.decide_approval((select id from asked), 'approved', 'slack:U1');
select is((select count(*) from updates), 0::bigint, 'a message that is being posted is not changed meanwhile');
select integrations.finish_slack_message((select id from posted), '1.1', 1);
select is((select count(*) from updates), 1::bigint, 'but as soon as it is posted');
select results_eq(
  $$select outcome, ts, revision from integrations.get_slack_update((select id from posted))$$,
  $$values ('update', '1.1', 2)$$, 'with the newest content'
);
update outbound.job_queue set status = 'active' where job_type = 'update_slack_message';
select integrations.report_progress('tested', (select subject_id from integrations.approvals), 'One.');
select integrations.report_progress('tested', (select subject_id from integrations.approvals), 'Two.');
select is((select count(*) from updates), 1::bigint, 'several changes need one more update');
select integrations.finish_slack_update((select id from posted), 2);
select is((select outcome from integrations.get_slack_update((select id from posted))), 'update', 'as long as it is behind');
select integrations.finish_slack_update((select id from posted), 4);
select is((select outcome from integrations.get_slack_update((select id from posted))), 'current', 'then no more');
select integrations.report_progress('tested', (select subject_id from integrations.approvals), 'Two.');
select is((select revision from integrations.slack_messages), 4, 'the same again is no change');
select integrations.finish_slack_update((select id from posted), 2);
select is(
  (select outcome from integrations.get_slack_update((select id from posted))), 'update',
  'an older update that ends late is followed by the newest again'
);

select * from finish();
rollback;
