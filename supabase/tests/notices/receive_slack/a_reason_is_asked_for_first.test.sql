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
  'tested', gen_random_uuid(), 'Acme', 'Buy?',
  '{"choices": [{"value": "approved", "label": "Approve"}, {"value": "rejected", "label": "Reject", "ask": "Why not?"}]}'
) as id;
create temp table opened as
select r.* from integrations.receive_slack(
  'click', 'T1', 'A1', 'U1', 'k1', jsonb_build_object('approval', (select id from asked), 'decision', 'rejected')
) as r;

select is((select outcome from opened), 'ask', 'the click opens a view');
select isnt((select bot_token from opened), null, 'with the token that may');
select is((select status from integrations.approvals), 'open', 'and decides nothing');
select is(
  (select (view ->> 'private_metadata')::jsonb from opened),
  (select jsonb_build_object('approval', id, 'decision', 'rejected') from asked), 'the view knows what it is about'
);
select is(
  (select r.outcome from integrations.receive_slack(
    'view', 'T1', 'A1', 'U1', 'v1',
    jsonb_build_object('approval', (select id from asked), 'decision', 'rejected', 'reason', 'Too <dear>')
  ) as r), 'decided', 'its answer does'
);
select is((select reason from integrations.approvals), 'Too <dear>', 'and is kept');
select is(
  (select content #>> '{blocks,1,text,text}' from integrations.slack_messages),
  E'*Rejected* by <@U1>: Too &lt;dear&gt;\nrejected for slack:U1', 'and shown'
);
select is(
  (select r.outcome from integrations.receive_slack(
    'click', 'T1', 'A1', 'U2', 'k2', jsonb_build_object('approval', (select id from asked), 'decision', 'rejected')
  ) as r), 'already_decided', 'whoever comes then is not asked'
);

select * from finish();
rollback;
