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
  'tested', '11111111-1111-4111-8111-111111111111', 'Acme', 'Buy <it>?',
  '{"text": "Two & more", "fields": [{"label": "Price", "value": "$9"}]}'
) as id;

select is(
  integrations.request_approval('tested', '11111111-1111-4111-8111-111111111111', 'Acme', 'Again?', '{}'),
  (select id from asked), 'who asks again gets the one that is open'
);
select is((select count(*) from integrations.slack_messages), 1::bigint, 'and there is one message');
select results_eq(
  $$select e ->> 'action_id', e ->> 'value', e ->> 'style'
    from integrations.slack_messages m, jsonb_path_query(m.content, '$.blocks[*] ? (@.type == "actions").elements[*]') as e$$,
  $$select c.action, a.id::text, c.style
    from asked a, (values ('decide:approved', 'primary'), ('decide:rejected', 'danger')) as c (action, style)$$,
  'it has a button for each choice, which carries nothing but the id'
);
select is(
  (select content #>> '{blocks,0,text,text}' from integrations.slack_messages), E'*Buy &lt;it&gt;?*\nTwo &amp; more',
  'and the words'
);
select ok(integrations.withdraw_approval('tested', '11111111-1111-4111-8111-111111111111', 'Too late.'), 'withdrawn');
select ok(
  (select content -> 'blocks' from integrations.slack_messages)::text !~ 'button', 'the buttons are gone'
);
select is(
  (select outcome || ': ' || message from integrations.decide_approval((select id from asked), 'approved', 'slack:U1')),
  'already_decided: Buy &lt;it&gt;? is no longer to be decided.', 'a stale button says so'
);
select isnt(
  integrations.request_approval('tested', '11111111-1111-4111-8111-111111111111', 'Acme', 'Again?', '{}'),
  (select id from asked), 'it may be asked for anew'
);

select * from finish();
rollback;
