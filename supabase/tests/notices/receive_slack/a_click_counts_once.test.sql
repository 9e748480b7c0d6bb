begin;
select plan(10);
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
create function pg_temp.click(p_user text, p_key text, p_decision text, p_workspace text default 'T1', p_app text default 'A1')
returns text language sql as $$
  select r.outcome
  from integrations.receive_slack(
    'click', p_workspace, p_app, p_user, p_key,
    jsonb_build_object('approval', (select id from asked), 'decision', p_decision, 'channel', 'C7')
  ) as r
$$;
create temp view whispers as
select payload ->> 'user' as person, payload ->> 'channel' as channel, payload ->> 'text' as words
from outbound.job_queue where job_type = 'whisper_slack_message' order by turn;

select is(pg_temp.click('U1', 'k0', 'approved', 'T2'), 'foreign', 'of another workspace nothing is taken');
select is(pg_temp.click('U1', 'k0', 'approved', 'T1', 'A2'), 'foreign', 'nor of another app');
select is(pg_temp.click('U9', 'k1', 'approved'), 'not_allowed', 'nor of people who are not listed');
select is(pg_temp.click('U3', 'k2', 'approved'), 'not_allowed', 'nor of people who may not decide');
select is(pg_temp.click('U1', 'k3', 'approved'), 'decided', 'the first who may decides');
select is(pg_temp.click('U1', 'k3', 'approved'), 'decided', 'the same click again is answered the same');
select is(pg_temp.click('U2', 'k4', 'rejected'), 'already_decided', 'the second person comes too late');
select results_eq(
  $$select person, channel, words from whispers$$,
  $$values
    ('U9', 'C7', 'You may not use Millrace here. Somebody of the agency can add U9.'),
    ('U3', 'C1', 'You may not decide this.'),
    ('U2', 'C1', 'Buy? is already *Approved* by <@U1>.')$$,
  'each is told so, alone; who decided sees it in the message'
);
select is((select count(*) from private.slack_interactions), 4::bigint, 'each click is known once');
select tests.set_clock(now() + interval '8 days');
select is((select deleted from private.sweep_slack_interactions()), 4, 'for a week');

select * from finish();
rollback;
