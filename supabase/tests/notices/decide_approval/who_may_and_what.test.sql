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
select integrations.request_approval(
  'tested', gen_random_uuid(), 'Acme', 'Which?', '{"choices": [{"value": "red", "label": "Red"}, {"value": "impossible"}]}'
) as id;
grant select on asked to authenticated, job_worker, webhook_receiver;

select is(
  (select outcome from integrations.decide_approval((select id from asked), 'red', 'slack:U3')), 'not_allowed',
  'who may only ask decides nothing'
);
select is(
  (select outcome from integrations.decide_approval((select id from asked), 'red', 'slack:U9')), 'not_allowed',
  'nor who is not listed'
);
update integrations.slack_users set is_active = false where slack_id = 'U2';
select is(
  (select outcome from integrations.decide_approval((select id from asked), 'red', 'slack:U2')), 'not_allowed',
  'nor who is no longer active'
);
select throws_ok(
  $$select * from integrations.decide_approval((select id from asked), 'approved', 'slack:U1')$$, 'MR002', null,
  'only the choices can be made'
);
select throws_ok(
  $$select * from integrations.decide_approval((select id from asked), 'impossible', 'slack:U1')$$, 'MR003', null,
  'what the handler refuses'
);
select is((select status from integrations.approvals), 'open', 'is not decided');
select is(
  (select outcome from integrations.decide_approval((select id from asked), 'red', 'user:' || gen_random_uuid(), 'Nice')),
  'decided', 'a choice is made'
);
select set_eq(
  $$select r from unnest(array['anon', 'authenticated', 'service_role', 'webhook_receiver', 'job_worker', 'api_gateway']) as r
    where has_function_privilege(r, 'integrations.decide_approval(uuid,text,text,text)', 'execute')$$,
  array['service_role'], 'nobody else may decide for others'
);

select * from finish();
rollback;
