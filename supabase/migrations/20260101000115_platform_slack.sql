-- What people do in Slack: press a button, answer a question, give a command. functions/slack checks the signature and
-- calls integrations.receive_slack, once; who may do what and what comes of it is decided here.

create table integrations.slack_commands (
  name text primary key,
  usage text not null,
  handler text not null,
  for_deciders boolean not null default false,
  constraint handler_is_qualified_name check (handler ~ '^[a-z_]+[.][a-z0-9_]+$')
);
comment on table integrations.slack_commands is
  'The words after /millrace. handler: schema.function(p_argument text) returns text, which Slack shows to who asked. '
  'for_deciders: only for who may decide.';
select private.apply_agency_policies('integrations.slack_commands', 'none');
revoke insert, update, delete on integrations.slack_commands from service_role;

create function integrations.connect_slack(
  p_workspace_id text, p_app_id text, p_name text, p_bot_token text, p_signing_secret text
)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_admin();
  update integrations.slack_workspaces w set is_active = false where w.is_active and w.workspace_id <> p_workspace_id;
  insert into integrations.slack_workspaces as w (workspace_id, app_id, name, bot_token, signing_secret, is_active)
  values (p_workspace_id, p_app_id, p_name, p_bot_token, p_signing_secret, true)
  on conflict (workspace_id) do update
  set app_id = excluded.app_id,
      name = excluded.name,
      bot_token = excluded.bot_token,
      previous_signing_secret = w.signing_secret,
      previous_signing_secret_expires_at = private.clock() + interval '24 hours',
      signing_secret = excluded.signing_secret,
      is_active = true;
  return p_workspace_id;
end;
$$;
comment on function integrations.connect_slack(text, text, text, text, text) is
  'Connects the agency''s workspace, or gives it a new token and secret; the old secret is accepted for a day. Token and '
  'secret are sealed text. For admins. Definer: nobody else writes the table.';
grant execute on function integrations.connect_slack(text, text, text, text, text) to authenticated, service_role;

create table private.slack_interactions (
  key text primary key,
  slack_id text not null,
  kind text not null,
  answer jsonb,
  created_at timestamptz not null default now()
);
create index slack_interactions_created_at_idx on private.slack_interactions (created_at);
comment on table private.slack_interactions is
  'Each click, view and command once, with its answer: what comes again is answered again and does nothing. Kept for a '
  'week.';
alter table private.slack_interactions enable row level security;

create function integrations.slack_app()
returns table (workspace_id text, app_id text, signing_secrets text[])
language sql stable security definer
set search_path = ''
as $$
  select
    w.workspace_id, w.app_id,
    array_remove(
      array[
        w.signing_secret,
        case when w.previous_signing_secret_expires_at > private.clock() then w.previous_signing_secret end
      ],
      null
    )
  from integrations.slack_workspaces w
  where w.is_active
$$;
comment on function integrations.slack_app() is
  'What requests of Slack are checked with. No row: Slack is not connected. Definer: webhook_receiver reads no table.';

create function private.whisper(p_channel text, p_slack_id text, p_text text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_channel is not null then
    perform outbound.enqueue_job(
      'slack', 'whisper_slack_message',
      jsonb_build_object('channel', p_channel, 'user', p_slack_id, 'text', left(p_text, 2900)), p_priority => -1,
      p_max_attempts => 3
    );
  end if;
end;
$$;
comment on function private.whisper(text, text, text) is
  'Tells one person something in a channel; nobody else sees it, and twice does no harm.';
insert into outbound.job_limits (job_type, rate_limit, key_field) values ('whisper_slack_message', 'slack', 'channel');

create function integrations.slack_bot_token()
returns text
language sql stable security definer
set search_path = ''
as $$
  select w.bot_token from integrations.slack_workspaces w where w.is_active
$$;
comment on function integrations.slack_bot_token() is
  'Sealed; null when Slack is not connected. Definer: job_worker reads no table.';

create function private.slack_question(p_approval integrations.approvals, p_decision text)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'type', 'modal',
    'callback_id', 'decide',
    'private_metadata', jsonb_build_object('approval', p_approval.id, 'decision', c.value)::text,
    'title', jsonb_build_object('type', 'plain_text', 'text', left(c.label, 24)),
    'submit', '{"type": "plain_text", "text": "Send"}'::jsonb,
    'close', '{"type": "plain_text", "text": "Cancel"}'::jsonb,
    'blocks', jsonb_build_array(
      private.slack_section(private.slack_escape(p_approval.title)),
      jsonb_build_object(
        'type', 'input', 'block_id', 'reason',
        'label', jsonb_build_object('type', 'plain_text', 'text', left(c.ask, 2000)),
        'element', '{"type": "plain_text_input", "action_id": "text", "multiline": true, "max_length": 1000}'::jsonb
      )
    )
  )
  from private.approval_choices(p_approval.details) as c
  where c.value = p_decision
    and c.ask is not null
$$;
comment on function private.slack_question(integrations.approvals, text) is
  'The view that asks for a reason; null when the choice asks for none.';

create function private.answer_slack_decision(p_slack_id text, p_kind text, p_input jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_approval integrations.approvals;
  v_view jsonb;
  v_decided record;
  v_channel text;
begin
  select a.* into v_approval
  from integrations.approvals a
  where a.id::text = p_input ->> 'approval';
  if p_kind = 'click' and v_approval.status = 'open' and private.may_decide('slack:' || p_slack_id) then
    v_view := private.slack_question(v_approval, p_input ->> 'decision');
    if v_view is not null then
      return jsonb_build_object('outcome', 'ask', 'view', v_view);
    end if;
  end if;
  begin
    select * into v_decided
    from integrations.decide_approval(
      v_approval.id, p_input ->> 'decision', 'slack:' || p_slack_id, p_input ->> 'reason'
    );
  exception
    when sqlstate 'MR001' or sqlstate 'MR002' or sqlstate 'MR003' or sqlstate 'MR004' then
      -- The handler refused, and nothing is decided; its words are for people.
      select 'refused' as outcome, null::text as decided_by, private.slack_escape(sqlerrm) as message into v_decided;
  end;
  if v_decided.outcome <> 'decided' then
    select m.channel into v_channel from integrations.slack_messages m where m.id = v_approval.message_id;
    perform private.whisper(coalesce(v_channel, p_input ->> 'channel'), p_slack_id, v_decided.message);
  end if;
  return jsonb_build_object('outcome', v_decided.outcome, 'message', v_decided.message);
end;
$$;
comment on function private.answer_slack_decision(text, text, jsonb) is
  'Decides, or asks for the reason first. Who comes second, or may not, is told so in the channel, alone.';

create function private.slack_usage(p_is_decider boolean)
returns text
language sql stable
set search_path = ''
as $$
  select 'Try one of these:' || string_agg(format(E'\n`/millrace %s`', c.usage), '' order by c.name)
  from integrations.slack_commands c
  where p_is_decider or not c.for_deciders
$$;

create function private.answer_slack_command(p_user integrations.slack_users, p_text text)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_words text[] := regexp_match(btrim(coalesce(p_text, '')), '^(\S*)\s*(.*)$');
  v_command integrations.slack_commands;
  v_message text;
begin
  select c.* into v_command from integrations.slack_commands c where c.name = lower(v_words[1]);
  if v_command.name is null then
    return jsonb_build_object('outcome', 'answered', 'message', concat_ws(
      chr(10),
      case when lower(v_words[1]) not in ('', 'help') then
        format('There is no command `%s`.', private.slack_escape(replace(left(v_words[1], 30), '`', '')))
      end,
      private.slack_usage(p_user.may_decide)
    ));
  elsif v_command.for_deciders and not p_user.may_decide then
    return jsonb_build_object('outcome', 'not_allowed', 'message', 'You may not do this.');
  end if;
  perform set_config('millrace.actor', 'slack:' || p_user.slack_id, true);
  begin
    execute format('select %s($1)', v_command.handler) into v_message using v_words[2];
  exception when sqlstate 'MR001' or sqlstate 'MR002' or sqlstate 'MR003' then
    v_message := private.slack_escape(sqlerrm);
  end;
  return jsonb_build_object('outcome', 'answered', 'message', v_message);
end;
$$;

create function integrations.receive_slack(
  p_kind text, p_workspace_id text, p_app_id text, p_slack_id text, p_key text, p_input jsonb
)
returns table (outcome text, message text, view jsonb, bot_token text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_user integrations.slack_users;
  v_answer jsonb;
begin
  select w.bot_token into bot_token
  from integrations.slack_workspaces w
  where w.is_active
    and w.workspace_id = p_workspace_id
    and (w.app_id = p_app_id or p_app_id is null);
  if not found then
    outcome := 'foreign';
    return next;
    return;
  end if;
  insert into private.slack_interactions as i (key, slack_id, kind, created_at)
  values (p_key, p_slack_id, p_kind, private.clock())
  on conflict (key) do nothing;
  if found then
    select u.* into v_user from integrations.slack_users u where u.slack_id = p_slack_id and u.is_active;
    v_answer := case
      when v_user.slack_id is null then jsonb_build_object(
        'outcome', 'not_allowed',
        'message', format('You may not use Millrace here. Somebody of the agency can add %s.', p_slack_id)
      )
      when p_kind = 'command' then private.answer_slack_command(v_user, p_input ->> 'text')
      else private.answer_slack_decision(p_slack_id, p_kind, p_input)
    end;
    if v_user.slack_id is null and p_kind <> 'command' then
      perform private.whisper(p_input ->> 'channel', p_slack_id, v_answer ->> 'message');
    end if;
    update private.slack_interactions i set answer = v_answer where i.key = p_key;
  else
    select i.answer into v_answer from private.slack_interactions i where i.key = p_key;
  end if;
  outcome := v_answer ->> 'outcome';
  message := v_answer ->> 'message';
  view := v_answer -> 'view';
  bot_token := case when view is not null then bot_token end;
  return next;
end;
$$;
comment on function integrations.receive_slack(text, text, text, text, text, jsonb) is
  'Everything that a person does in Slack. p_kind: click, view or command; p_key: what it is known by, so that it counts '
  'once. Outcome: decided, already_decided, refused (by the rules), unknown, ask (open view with bot_token, sealed), '
  'answered (show message), not_allowed, foreign (another workspace or app). Definer: webhook_receiver has no right on '
  'any table.';

grant execute on function
  integrations.slack_app(), integrations.receive_slack(text, text, text, text, text, jsonb)
to webhook_receiver;
grant execute on function integrations.slack_bot_token() to job_worker;

create function private.sweep_slack_interactions(
  p_keep interval default interval '7 days', p_limit integer default 5000
)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  delete from private.slack_interactions i
  where i.key = any(array(
    select old.key
    from private.slack_interactions old
    where old.created_at < private.clock() - p_keep
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function private.sweep_slack_interactions(interval, integer) is
  'Forgets old clicks, at most p_limit a call.';
