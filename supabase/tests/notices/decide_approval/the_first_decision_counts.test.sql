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

select results_eq(
  $$select outcome, decided_by, message from integrations.decide_approval((select id from asked), 'approved', 'slack:U1')$$,
  $$values ('decided', 'slack:U1', 'approved for slack:U1')$$,
  'the first one decides, and hears what the handler says'
);
select results_eq(
  $$select outcome, decided_by, message from integrations.decide_approval((select id from asked), 'rejected', 'slack:U2')$$,
  $$values ('already_decided', 'slack:U1', 'Buy? is already *Approved* by <@U1>.')$$,
  'the second one is told who did'
);
select is(
  (select decision || ' ' || result from integrations.approvals), 'approved approved for slack:U1', 'nothing else changed'
);
select is(
  (
    select a.actor
    from integrations.audit_log a
    where a.table_name = 'integrations.approvals' and a.action = 'update' and a.new ->> 'status' = 'decided'
      and a.old ->> 'status' = 'open'
  ),
  'slack:U1', 'the audit log says who'
);
select is(
  (select content #>> '{blocks,1,text,text}' from integrations.slack_messages),
  E'*Approved* by <@U1>\napproved for slack:U1', 'the message says it instead of the buttons'
);
select is((select revision from integrations.slack_messages), 2, 'as a newer revision');
select integrations.report_progress('tested', (select subject_id from integrations.approvals), 'Half of it.');
select is(
  (select content #>> '{blocks,2,elements,0,text}' from integrations.slack_messages), 'Half of it.', 'and how far it came'
);
select is(
  (select outcome from integrations.decide_approval(gen_random_uuid(), 'approved', 'slack:U1')), 'unknown',
  'what is not there is told'
);

select * from finish();
rollback;
